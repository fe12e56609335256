import { text } from "./read.ts";

/** Names are a stranger's own words: longer ones are cut, and what is not seen cannot turn the line around. */
const NAME_CHARS = 64;

export function readName(value: unknown): string | undefined {
  const seen = (text(value) ?? "").replace(/\s+/gu, " ").replace(/[\p{Cc}\p{Cf}]/gu, "").trim();
  return [...seen].slice(0, NAME_CHARS).join("") || undefined;
}
