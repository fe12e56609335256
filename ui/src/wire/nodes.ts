import { readName } from "./name.ts";
import { list, number, object, text, texts } from "./read.ts";

/** A machine that offers commands. Times are Unix milliseconds of the gateway's clock. */
export interface Node {
  nodeId: string;
  name?: string;
  platform?: string;
  version?: string;
  model?: string;
  address?: string;
  /** Its abilities, as it says. */
  caps: readonly string[];
  /** Commands that it may be sent. */
  commands: readonly string[];
  /** Commands that it offers and the gateway does not allow. */
  blocked: readonly string[];
  /** Commands that it offers and nobody has approved. */
  unapproved: readonly string[];
  /** What its operating system permits, by name. */
  permissions: readonly (readonly [name: string, granted: boolean])[];
  connectedAt?: number;
  connected: boolean;
  paired: boolean;
  /** Commands that wait for it. */
  waiting: number;
}

export interface Nodes {
  /** The gateway's clock at the answer. */
  ts: number;
  nodes: readonly Node[];
}

export function readNodes(value: unknown): Nodes {
  const told = object(value);
  return {
    ts: number(told.ts) ?? Date.now(),
    nodes: list(told.nodes).map(readNode).filter((one) => one !== undefined),
  };
}

function readNode(value: unknown): Node | undefined {
  const row = object(value);
  const nodeId = text(row.nodeId);
  if (!nodeId) return undefined;
  return {
    nodeId,
    name: readName(row.displayName),
    platform: readName(row.platform),
    version: readName(row.version),
    model: readName(row.modelIdentifier) ?? readName(row.deviceFamily),
    address: text(row.remoteIp),
    caps: texts(row.caps),
    commands: texts(row.commands),
    blocked: texts(row.blockedCommands),
    unapproved: texts(row.unapprovedCommands),
    permissions: Object.entries(object(row.permissions)).map(([name, granted]) => [name, granted === true]),
    connectedAt: number(row.connectedAtMs),
    connected: row.connected === true,
    paired: row.paired === true,
    waiting: number(row.waiting) ?? 0,
  };
}

/** A command that waits for its node to come back. */
export interface Pending {
  id: string;
  nodeId: string;
  command: string;
  queuedAt: number;
  expiresAt: number;
}

export function readPendingCommands(value: unknown): readonly Pending[] {
  return list(object(value).pending).map(readPending).filter((one) => one !== undefined);
}

export function readPending(value: unknown): Pending | undefined {
  const row = object(value);
  const id = text(row.id);
  const nodeId = text(row.nodeId);
  if (!id || !nodeId) return undefined;
  return {
    id,
    nodeId,
    command: text(row.command) ?? "",
    queuedAt: number(row.queuedAtMs) ?? 0,
    expiresAt: number(row.expiresAtMs) ?? 0,
  };
}

/** What came of a command: the node's answer, or that it waits. */
export interface Invoked {
  payload: unknown;
  queued?: Pending;
}

export function readInvoked(value: unknown): Invoked {
  const answer = object(value);
  return { payload: answer.payload ?? null, queued: readPending(answer.queued) };
}
