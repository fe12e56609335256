import { CLOSE_CODES } from "../generated.ts";

interface CloseRule {
  readonly code: number;
  readonly name: string;
  readonly reconnect: boolean;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/**
 * Whether the gateway's close code invites a new attempt. A code may stand in the table more than
 * once (1008 is both "refused" and "slow consumer"); the close reason then picks the row.
 */
export function mayReconnect(code: number, reason: string, wasReady: boolean): boolean {
  const table: readonly CloseRule[] = CLOSE_CODES;
  const rules = table.filter((rule) => rule.code === code);
  if (rules.length === 0) return true;
  const named = rules.find((rule) => reason !== "" && plain(reason) === plain(rule.name));
  if (named) return named.reconnect;
  return wasReady
    ? rules.some((rule) => rule.reconnect) || plain(reason) === "slowconsumer"
    : rules.every((rule) => rule.reconnect);
}
