import { readFileSync } from "node:fs";

/** An example of the wire, as the protocol's own tests check it. */
export function golden(name: string): Record<string, unknown> {
  const file = new URL(`../../crates/protocol/golden/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
}
