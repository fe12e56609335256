import { batch, signal } from "@preact/signals";
import { freshId } from "../fresh-id.ts";
import { strings } from "../strings.ts";
import { type Invoked, type Node, type Pending, readInvoked, readNodes, readPendingCommands } from "../wire/nodes.ts";
import { object } from "../wire/read.ts";
import { reasonOf } from "./channels.ts";
import { learnTime } from "./clock.ts";
import { shortId } from "./device-card.ts";
import { gateway, isReady } from "./gateway.ts";
import { showNotice } from "./page.ts";
import { orRefusal } from "./refusal.ts";

const words = strings.nodes;
const KEY_CHARS = 24;
const COALESCE_MS = 250;

/** Machines that are paired as nodes or connected as one; undefined until the gateway has told. */
export const nodes = signal<readonly Node[] | undefined>(undefined);
/** Commands that wait for nodes, oldest first. */
export const queue = signal<readonly Pending[]>([]);
/** Why this browser is not told. */
export const nodesFailure = signal<string | undefined>(undefined);

export function nodeName({ nodeId, name }: Node): string {
  return name ?? words.unnamed(shortId(nodeId));
}

/** The name of a node that may not be known here. */
export function nodeLabel(id: string): string {
  const known = nodes.value?.find(({ nodeId }) => nodeId === id);
  return known ? nodeName(known) : shortId(id);
}

export async function refreshNodes(): Promise<void> {
  if (!isReady.value) return;
  try {
    const [told, waiting] = await Promise.all([
      gateway().call("node.list", {}),
      gateway().call("node.pending.list", {}),
    ]);
    const { ts, nodes: rows } = readNodes(told);
    learnTime(ts);
    batch(() => {
      nodes.value = rows;
      queue.value = readPendingCommands(waiting);
      nodesFailure.value = undefined;
    });
  } catch (error) {
    if (isReady.value) nodesFailure.value = reasonOf(error);
  }
}

/** What somebody sends to a node from the page. */
export interface Sent {
  command: string;
  params: Readonly<Record<string, unknown>> | undefined;
  timeoutMs: number;
  /** Whether it may wait for the node to come back. */
  queue: boolean;
}

/** Sends a command, once, and waits for what comes of it. */
export async function invoke({ nodeId }: Node, { command, params, timeoutMs, queue: waits }: Sent): Promise<Invoked> {
  const answer = await gateway().call("node.invoke", {
    nodeId,
    command,
    ...(params ? { params } : {}),
    ...(waits ? { queue: true } : {}),
    timeoutMs,
    idempotencyKey: `page-${freshId(KEY_CHARS)}`,
  });
  const invoked = readInvoked(answer);
  if (invoked.queued) await refreshNodes();
  return invoked;
}

export async function renameNode({ nodeId }: Node, displayName: string): Promise<void> {
  await orRefusal(gateway().call("node.rename", { nodeId, displayName }));
  await refreshNodes();
}

export async function cancelPending({ id }: Pending): Promise<void> {
  const { cancelled } = object(await gateway().call("node.pending.cancel", { id }));
  showNotice(cancelled === true ? words.queue.cancelled : words.queue.tooLate);
  await refreshNodes();
}

/** Presence tells that somebody came or went; `changed` hears of it once for many changes. */
export function watchNodes(changed: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  gateway().on("presence", () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changed();
    }, COALESCE_MS);
  });
}
