import { list, number, object, text, texts } from "./read.ts";

/** One line of what a decision covers. */
export interface Line {
  label: string;
  text: string;
}

/** A command that waits for a person. In its texts nothing hides: the gateway writes out what is not seen. */
export interface Asked {
  id: string;
  command: string;
  /** Every argument by itself, the program's name first; absent for a command in words. */
  argv?: readonly string[];
  /** Everything that a decision covers, to be shown whole. */
  lines: readonly Line[];
  /** What can be decided. */
  decisions: readonly string[];
  /** Why it is asked. */
  why?: string;
  agentId?: string;
  sessionKey?: string;
  nodeId?: string;
  /** Hash of what exactly would run. */
  subjectHash?: string;
  since: number;
  expiresAt: number;
}

export function readAsked(value: unknown): Asked | undefined {
  const row = object(value);
  const request = object(row.request);
  const id = text(row.id);
  if (!id) return undefined;
  return {
    id,
    command: text(request.command) ?? "",
    argv: Array.isArray(request.argv) ? texts(request.argv) : undefined,
    lines: list(request.lines).map(readLine),
    decisions: texts(request.allowedDecisions),
    why: text(request.why),
    agentId: text(request.agentId),
    sessionKey: text(request.sessionKey),
    nodeId: text(request.nodeId),
    subjectHash: text(request.subjectHash),
    since: number(row.createdAtMs) ?? 0,
    expiresAt: number(row.expiresAtMs) ?? 0,
  };
}

function readLine(value: unknown): Line {
  const line = object(value);
  return { label: text(line.label) ?? "", text: text(line.text) ?? "" };
}

export function readAskedList(value: unknown): readonly Asked[] {
  return list(value).map(readAsked).filter((one) => one !== undefined);
}

/** How a question ended. */
export interface Ended {
  id: string;
  /** `allow-once`, `allow-always`, `deny`, `expired` or `withdrawn`. */
  outcome: string;
  by?: string;
  at?: number;
}

export function readEnded(value: unknown): Ended | undefined {
  const event = object(value);
  const id = text(event.id);
  const outcome = text(event.outcome);
  if (!id || !outcome) return undefined;
  return { id, outcome, by: text(event.resolvedBy), at: number(event.ts) };
}
