import { LIMITS } from "./limits.ts";

/** A JSON object of unknown content. */
export type Fields = Readonly<Record<string, unknown>>;

/** Names that reach behind an object; no path and no data may hold them. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether a value is a JSON object, not a list and not null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field of the object itself; what it inherits does not count. */
export function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** A value in words, as both versions convert it: nothing is empty, structures are JSON. */
export function words(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** A value as a number; a text only if it is one. NaN otherwise. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

/** About how many characters a value takes as JSON; infinite past `most`, or past so many levels. */
export function weight(value: unknown, most: number, levels: number = LIMITS.jsonDepth): number {
  let chars = 0;
  const open: [value: unknown, depth: number][] = [[value, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [one, depth] = next;
    chars += typeof one === "string" ? one.length + 2 : 2;
    if (chars > most || depth > levels) return Infinity;
    if (Array.isArray(one)) for (const item of one) open.push([item, depth + 1]);
    else if (isFields(one)) {
      for (const [key, item] of Object.entries(one)) {
        chars += key.length;
        open.push([item, depth + 1]);
      }
    }
  }
  return chars;
}
