import { type Fields, FORBIDDEN_KEYS, isFields, own } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/** A place in the data model: the segments of a JSON pointer (RFC 6901). */
export type Path = readonly string[];

/** The root of the data model. */
export const ROOT: Path = [];

/** Reads a pointer. One without a leading slash is relative to `base`; `` and `.` are `base` itself. */
export function parsePath(pointer: string, base: Path = ROOT): Path {
  const segments = pointer
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
  const path = pointer.startsWith("/") ? segments : [...base, ...segments];
  if (path.length > LIMITS.pathDepth) throw new Refusal("INVALID_PATH", `a path has more than ${LIMITS.pathDepth} segments`);
  const bad = path.find((segment) => FORBIDDEN_KEYS.has(segment));
  if (bad !== undefined) throw new Refusal("INVALID_PATH", `a path must not contain \`${bad}\``);
  return path;
}

/** What is at a place; undefined where there is nothing. */
export function read(root: unknown, path: Path): unknown {
  let at = root;
  for (const segment of path) {
    if (Array.isArray(at)) at = isIndex(segment) ? at[Number(segment)] : undefined;
    else if (isFields(at)) at = own(at, segment);
    else return undefined;
  }
  return at;
}

/**
 * The data model with one place changed; the old one stays as it is. Missing containers are made on the way
 * (a list where the next segment is an index), and an undefined value removes the place.
 */
export function write(root: unknown, path: Path, value: unknown): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  if (root !== undefined && root !== null && typeof root !== "object") {
    throw new Refusal("INVALID_PATH", `\`${segment}\` would lie inside a plain value`);
  }
  if (isFields(root)) return writeField(root, segment, rest, value);
  if (Array.isArray(root)) return writeItem(root, segment, rest, value);
  return isIndex(segment) ? writeItem([], segment, rest, value) : writeField({}, segment, rest, value);
}

function writeItem(list: readonly unknown[], segment: string, rest: Path, value: unknown): unknown {
  if (!isIndex(segment)) throw new Refusal("INVALID_PATH", `\`${segment}\` is no index of a list`);
  const index = Number(segment);
  if (index > LIMITS.listIndex) throw new Refusal("INVALID_PATH", `${index} is past the longest list`);
  const copy = [...list];
  const next = write(copy[index], rest, value);
  if (next === undefined) {
    copy.splice(index, 1);
    return copy;
  }
  while (copy.length < index) copy.push(null);
  copy[index] = next;
  return copy;
}

function writeField(fields: Fields, segment: string, rest: Path, value: unknown): unknown {
  const next = write(own(fields, segment), rest, value);
  const { [segment]: _old, ...others } = fields;
  return next === undefined ? others : { ...fields, [segment]: next };
}

function isIndex(segment: string): boolean {
  return /^(?:0|[1-9]\d{0,6})$/.test(segment);
}
