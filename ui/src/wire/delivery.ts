import { list, number, object, text } from "./read.ts";

/** A conversation on a chat network. */
export interface Place {
  channel: string;
  accountId: string;
  peer: string;
  chatType: string;
  thread?: string;
}

/** One message on its way out, as the gateway's outbox keeps it. */
export interface Part extends Place {
  no: number;
  id: string;
  /** Its place in the answer, from 0. */
  index: number;
  count: number;
  kind: string;
  /** The beginning of its words. */
  text: string;
  state: string;
  attempts: number;
  createdAt: number;
  notBefore?: number;
  /** A try of unknown end began then: the message may be on the network twice. */
  maybeSentSince?: number;
  settledAt?: number;
  messageId?: string;
  error?: string;
  sessionKey?: string;
  runId?: string;
}

export interface Inbound extends Place {
  senderId: string;
  messageId: string;
  sentAt: number;
  arrivedAt: number;
  state: string;
  endedAt?: number;
  sessionKey?: string;
}

export interface TracedRun {
  runId: string;
  sessionKey: string;
  state: string;
  acceptedAt: number;
  startedAt?: number;
  endedAt?: number;
  status?: string;
  error?: string;
}

/** The way of one message: from the network, through a run, back to it. */
export interface Traced {
  inbound?: Inbound;
  run?: TracedRun;
  parts: readonly Part[];
}

type Row = Readonly<Record<string, unknown>>;

function place(row: Row, peer: "to" | "from"): Place {
  return {
    channel: text(row.channel) ?? "",
    accountId: text(row.accountId) ?? "default",
    peer: text(row[peer]) ?? "",
    chatType: text(row.chatType) ?? "direct",
    thread: text(row.threadId),
  };
}

export function readPart(value: unknown): Part {
  const row = object(value);
  return {
    ...place(row, "to"),
    no: number(row.no) ?? 0,
    id: text(row.id) ?? "",
    index: number(row.part) ?? 0,
    count: number(row.parts) ?? 1,
    kind: text(row.kind) ?? "text",
    text: text(row.text) ?? "",
    state: text(row.state) ?? "",
    attempts: number(row.attempts) ?? 0,
    createdAt: number(row.createdAtMs) ?? 0,
    notBefore: number(row.notBeforeMs),
    maybeSentSince: number(row.maybeSentSinceMs),
    settledAt: number(row.settledAtMs),
    messageId: text(row.messageId),
    error: text(row.error),
    sessionKey: text(row.sessionKey),
    runId: text(row.runId),
  };
}

export function readParts(value: unknown): readonly Part[] {
  return list(object(value).parts).map(readPart);
}

function readInbound(row: Row): Inbound {
  return {
    ...place(row, "from"),
    senderId: text(row.senderId) ?? "",
    messageId: text(row.messageId) ?? "",
    sentAt: number(row.sentAtMs) ?? 0,
    arrivedAt: number(row.arrivedAtMs) ?? 0,
    state: text(row.state) ?? "",
    endedAt: number(row.endedAtMs),
    sessionKey: text(row.sessionKey),
  };
}

function readRun(row: Row): TracedRun {
  return {
    runId: text(row.runId) ?? "",
    sessionKey: text(row.sessionKey) ?? "",
    state: text(row.state) ?? "",
    acceptedAt: number(row.acceptedAtMs) ?? 0,
    startedAt: number(row.startedAtMs),
    endedAt: number(row.endedAtMs),
    status: text(row.status),
    error: text(row.error),
  };
}

/** The answer of `messages.trace`. */
export function readTrace(value: unknown): readonly Traced[] {
  return list(object(value).messages).map((one) => {
    const { inbound, run, parts } = object(one);
    return {
      inbound: inbound === undefined ? undefined : readInbound(object(inbound)),
      run: run === undefined ? undefined : readRun(object(run)),
      parts: list(parts).map(readPart),
    };
  });
}
