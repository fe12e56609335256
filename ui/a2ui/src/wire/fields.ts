import { type Fields, FORBIDDEN_KEYS, isFields } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/** A required id. @throws Refusal if it is missing, empty, too long or the name of something built in. */
export function idOf(fields: Fields, key: string, inside: string): string {
  const id = fields[key];
  if (typeof id === "string" && id !== "" && id.length <= LIMITS.idChars && !FORBIDDEN_KEYS.has(id)) return id;
  throw new Refusal("INVALID_MESSAGE", `\`${inside}.${key}\` is a text of 1 to ${LIMITS.idChars} characters`);
}

/** The required, non-empty list of component objects. */
export function componentsOf(fields: Fields, inside: string, surfaceId: string): Fields[] {
  const { components } = fields;
  if (!Array.isArray(components) || components.length === 0 || !components.every(isFields)) {
    throw new Refusal("INVALID_MESSAGE", `\`${inside}.components\` is a list of objects with at least one`, surfaceId);
  }
  return components;
}

/** A path, the whole data model if there is none. */
export function pathOf(fields: Fields, inside: string): string {
  const { path } = fields;
  if (path === undefined || typeof path === "string") return path ?? "/";
  throw new Refusal("INVALID_MESSAGE", `\`${inside}.path\` is a text`);
}

/** A share of the room, if it is a sensible one. */
export function weightOf(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && value <= 1_000 ? value : undefined;
}
