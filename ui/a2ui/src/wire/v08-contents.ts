import { FORBIDDEN_KEYS, isFields } from "../json.ts";
import { Refusal } from "../refusal.ts";

/** The key that stands for the place itself. */
const ITSELF = ".";

/** The typed entries of `dataModelUpdate.contents` as plain JSON. Agents also send plain objects. */
export function contentsOf(contents: unknown): unknown {
  if (isFields(contents)) return contents;
  if (!Array.isArray(contents)) throw new Refusal("INVALID_MESSAGE", "`dataModelUpdate.contents` is a list of entries");
  const [first] = contents;
  if (contents.length === 1 && isFields(first) && first.key === ITSELF) return valueOf(first);
  return mapOf(contents);
}

function mapOf(entries: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(pairOf));
}

function pairOf(entry: unknown): [string, unknown] {
  if (!isFields(entry) || typeof entry.key !== "string" || FORBIDDEN_KEYS.has(entry.key)) {
    throw new Refusal("INVALID_MESSAGE", "each entry of `contents` has a `key`");
  }
  return [entry.key, valueOf(entry)];
}

function valueOf(entry: Readonly<Record<string, unknown>>): unknown {
  const { valueString, valueNumber, valueBoolean, valueMap, valueArray } = entry;
  if (typeof valueString === "string") return unpacked(valueString);
  if (Array.isArray(valueMap)) return mapOf(valueMap);
  if (Array.isArray(valueArray)) return valueArray.map((one: unknown) => (isFields(one) ? valueOf(one) : one));
  return valueNumber ?? valueBoolean ?? null;
}

/** 0.8 has no way to say a list but as JSON in a text, and agents do. */
function unpacked(text: string): unknown {
  if (!/^\s*(?:\[[^]*\]|\{[^]*\})\s*$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
