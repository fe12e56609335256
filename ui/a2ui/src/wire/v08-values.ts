import { type Fields, isFields } from "../json.ts";

const LITERALS = ["literalString", "literalNumber", "literalBoolean", "literalArray"];

/**
 * A bound value of 0.8 as 0.9 writes it: the literal itself, or `{path}`. A path with a literal beside it
 * keeps the literal as `initial`, the first content of the place.
 */
export function bound(value: unknown): unknown {
  if (!isFields(value)) return value;
  const literal = LITERALS.map((key) => value[key]).find((one) => one !== undefined);
  if (typeof value.path !== "string") return literal;
  const path = pointer(value.path);
  return literal === undefined ? { path } : { path, initial: literal };
}

/** A path of 0.8 as a pointer: agents also write `items[0].name`, and `.` for the item itself. */
export function pointer(path: string): string {
  if (path === ".") return path;
  return path.replace(/\[(\d+)\]/g, "/$1").replaceAll(".", "/").replace(/\/{2,}/g, "/");
}

/** The children of a row, column or list. */
export function childList(value: unknown): unknown {
  if (!isFields(value)) return value;
  if (!isFields(value.template)) return value.explicitList;
  const { componentId, dataBinding } = value.template;
  return { componentId, path: typeof dataBinding === "string" ? pointer(dataBinding) : dataBinding };
}

/** An action with its context as an object. */
export function action(value: unknown): unknown {
  if (!isFields(value)) return value;
  const pairs = Array.isArray(value.context) ? value.context.filter(isFields) : [];
  const context = Object.fromEntries(pairs.map((pair) => [String(pair.key), bound(pair.value)]));
  return { event: { name: value.name, context } };
}

/** A list of objects, each with some of its fields bound. */
export function boundItems(value: unknown, keys: readonly string[]): unknown {
  if (!Array.isArray(value)) return value;
  return value.filter(isFields).map((item: Fields) => ({
    ...item,
    ...Object.fromEntries(keys.map((key) => [key, bound(item[key])])),
  }));
}
