import type { OutboxItem } from "@tidegate/client";
import type { Message } from "../wire/message.ts";
import { unshownTools } from "./tools.ts";
import type { RunView, Turns } from "./turns.ts";

/** One row of the conversation, in the order in which it is drawn. */
export type Entry =
  | { kind: "message"; key: string; message: Message }
  | { kind: "mine"; key: string; text: string; at: number }
  | { kind: "run"; key: string; run: RunView }
  | { kind: "queued"; key: string; runId: string; text: string }
  | { kind: "unsent"; key: string; item: OutboxItem };

/** Rows after the stored messages: what this window knows and the history does not yet. */
export function liveEntries(turns: Turns, outbox: readonly OutboxItem[]): Entry[] {
  const settled = [
    ...turns.mine
      .filter((item) => !item.queued)
      .map((item) => ({
        revision: item.revision,
        entry: { kind: "mine", key: `m:${item.runId}`, text: item.text, at: item.at } as Entry,
      })),
    ...turns.answers.map((answer) => ({
      revision: answer.revision,
      entry: { kind: "message", key: answer.message.key, message: answer.message } as Entry,
    })),
  ].sort((a, b) => a.revision - b.revision);
  const queued = [
    ...turns.mine.filter((item) => item.queued),
    ...turns.othersQueued,
  ].map((item): Entry => ({ kind: "queued", key: `q:${item.runId}`, ...pick(item) }));
  const unsent = outbox
    .filter((item) => item.sessionKey === turns.sessionKey)
    .map((item): Entry => ({ kind: "unsent", key: `m:${item.key}`, item }));
  const run: Entry[] = turns.run
    ? [{ kind: "run", key: `r:${turns.run.runId}`, run: withUnshown(turns.run, turns.messages) }]
    : [];
  return [...settled.map((row) => row.entry), ...run, ...queued, ...unsent];
}

function withUnshown(run: RunView, messages: readonly Message[]): RunView {
  return { ...run, tools: unshownTools(run, messages) };
}

function pick(item: { runId: string; text: string }): { runId: string; text: string } {
  return { runId: item.runId, text: item.text };
}
