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
  /** The run that waits for it. */
  runId?: string;
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
    runId: text(request.runId),
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
  at: number;
  /** When it was run by the decision; absent if it was not run by the gateway. */
  usedAt?: number;
}

/** What `exec.approval.resolved` tells. */
export function readEnded(value: unknown): Ended | undefined {
  const event = object(value);
  const id = text(event.id);
  const outcome = text(event.outcome);
  if (!id || !outcome) return undefined;
  return { id, outcome, by: text(event.resolvedBy), at: number(event.ts) ?? Date.now() };
}

/** A question that is over, with what was asked. */
export interface Decided extends Ended {
  asked: Asked;
}

/** One page of the questions that are over, the newest end first. */
export interface DecidedPage {
  rows: readonly Decided[];
  /** Names the next, older page; absent at the last one. */
  before?: string;
}

export function readDecidedPage(value: unknown): DecidedPage {
  const page = object(value);
  const rows = list(page.ended).map(readDecided).filter((one) => one !== undefined);
  return { rows, before: text(page.nextBefore) };
}

function readDecided(value: unknown): Decided | undefined {
  const row = object(value);
  const asked = readAsked(row);
  const outcome = text(row.outcome);
  if (!asked || !outcome) return undefined;
  const at = number(row.endedAtMs) ?? asked.since;
  return { id: asked.id, outcome, by: text(row.resolvedBy), at, usedAt: number(row.usedAtMs), asked };
}
