import { ConnectionLost } from "@tidegate/client";
import { signal } from "@preact/signals";
import { freshId } from "../fresh-id.ts";
import { strings } from "../strings.ts";
import type { Node } from "../wire/nodes.ts";
import { reasonOf } from "./channels.ts";
import { gatewayTime } from "./clock.ts";
import { invoke, type Sent } from "./nodes.ts";

const words = strings.nodes.invoke;
/** How many commands of this page are remembered while it is open. */
const MOST_REMEMBERED = 20;
const ID_CHARS = 12;

/** How a command ended that was sent from this page. */
export type Outcome =
  | { kind: "done"; payload: unknown }
  | { kind: "queued" }
  | { kind: "failed"; reason: string };

/** A command that was sent from this page. */
export interface Invocation {
  id: string;
  nodeId: string;
  command: string;
  /** When it was sent, by the gateway's clock. */
  at: number;
  /** How long it took, in milliseconds. */
  tookMs: number;
  outcome: Outcome;
}

/** Commands that were sent from this page, newest first; gone when the page is left. */
export const invocations = signal<readonly Invocation[]>([]);

export function sentTo({ nodeId }: Node): readonly Invocation[] {
  return invocations.value.filter((one) => one.nodeId === nodeId);
}

/** Sends a command, waits for its end, and remembers it. */
export async function send(node: Node, sent: Sent): Promise<Invocation> {
  const begin = Date.now();
  const outcome = await invoke(node, sent).then(
    ({ payload, queued }): Outcome => (queued ? { kind: "queued" } : { kind: "done", payload }),
    (error: unknown): Outcome => ({ kind: "failed", reason: failureOf(error) }),
  );
  const { nodeId } = node;
  const invocation = { id: freshId(ID_CHARS), nodeId, command: sent.command, at: gatewayTime(begin), tookMs: Date.now() - begin, outcome };
  invocations.value = [invocation, ...invocations.value].slice(0, MOST_REMEMBERED);
  return invocation;
}

function failureOf(error: unknown): string {
  return error instanceof ConnectionLost ? words.unsure : words.failed(reasonOf(error));
}
