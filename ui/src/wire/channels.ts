import { list, number, object, text } from "./read.ts";

/** The words for how an account is; a newer gateway may have others. */
export type StateWord =
  | "stopped"
  | "starting"
  | "connecting"
  | "live"
  | "degraded"
  | "backoff"
  | "needs-login"
  | "conflict";

export interface StateChange {
  at: number;
  state: string;
  reason?: string;
}

/** What the network said when it was asked last who we are. */
export interface Probe {
  ok: boolean;
  error?: string;
  elapsedMs: number;
  bot?: { id: string; username?: string; name?: string };
  notes: readonly string[];
}

/** What `channels.changed` tells too; the rest is asked for. */
export interface AccountState {
  channel: string;
  accountId: string;
  state: string;
  reason?: string;
  since: number;
  nextTryAt?: number;
  required: boolean;
  open: number;
  dead: number;
}

/** One account on a chat network. Times are Unix milliseconds of the gateway's clock. */
export interface Account extends AccountState {
  name?: string;
  enabled: boolean;
  configured: boolean;
  attempts: number;
  lastInboundAt?: number;
  lastOutboundAt?: number;
  lastProofAt?: number;
  lastProbeAt?: number;
  probe?: Probe;
  mode: string;
  dmPolicy: string;
  allowed: number;
  tokenSource?: string;
  changes: readonly StateChange[];
}

export interface Channels {
  /** The gateway's clock at the answer. */
  ts: number;
  labels: ReadonlyMap<string, string>;
  accounts: readonly Account[];
}

export function readChannels(value: unknown): Channels {
  const status = object(value);
  const labels = object(status.channelLabels);
  const accounts = object(status.channelAccounts);
  const named = list(status.channelOrder).filter((id): id is string => typeof id === "string");
  const order = [...new Set([...named, ...Object.keys(accounts)])];
  return {
    ts: number(status.ts) ?? Date.now(),
    labels: new Map(order.map((id) => [id, text(labels[id]) ?? id])),
    accounts: order.flatMap((id) => list(accounts[id]).map((row) => readAccount(id, row))),
  };
}

function readAccount(channel: string, value: unknown): Account {
  const row = object(value);
  return {
    ...readState(row),
    channel,
    name: text(row.name),
    enabled: row.enabled !== false,
    configured: row.configured !== false,
    attempts: number(row.reconnectAttempts) ?? 0,
    lastInboundAt: number(row.lastInboundAt),
    lastOutboundAt: number(row.lastOutboundAt),
    lastProofAt: number(row.lastProofAtMs),
    lastProbeAt: number(row.lastProbeAt),
    probe: row.probe === undefined ? undefined : readProbe(row.probe),
    mode: text(row.mode) ?? "",
    dmPolicy: text(row.dmPolicy) ?? "",
    allowed: list(row.allowFrom).length,
    tokenSource: text(row.tokenSource),
    changes: list(row.lastEvents).map(readChange),
  };
}

function readState(value: unknown): AccountState {
  const row = object(value);
  return {
    channel: text(row.channel) ?? "",
    accountId: text(row.accountId) ?? "default",
    state: text(row.state) ?? "stopped",
    reason: text(row.stateReason),
    since: number(row.stateSinceMs) ?? 0,
    nextTryAt: number(row.nextTryAtMs),
    required: row.required === true,
    open: number(row.open) ?? 0,
    dead: number(row.dead) ?? 0,
  };
}

function readChange(value: unknown): StateChange {
  const change = object(value);
  return {
    at: number(change.atMs) ?? 0,
    state: text(change.state) ?? "",
    reason: text(change.reason),
  };
}

function readProbe(value: unknown): Probe {
  const probe = object(value);
  const bot = object(probe.bot);
  const id = text(bot.id);
  return {
    ok: probe.ok === true,
    error: text(probe.error),
    elapsedMs: number(probe.elapsedMs) ?? 0,
    bot: id ? { id, username: text(bot.username), name: text(bot.name) } : undefined,
    notes: list(probe.notes).filter((note): note is string => typeof note === "string"),
  };
}

/** The event `channels.changed`: every account in brief. */
export function readBrief(value: unknown): { ts: number; accounts: readonly AccountState[] } {
  const brief = object(value);
  return {
    ts: number(brief.ts) ?? Date.now(),
    accounts: list(brief.accounts).map(readState),
  };
}

export interface Logout {
  cleared: boolean;
  loggedOut: boolean;
  remainsIn?: string;
}

export function readLogout(value: unknown): Logout {
  const answer = object(value);
  return {
    cleared: answer.cleared === true,
    loggedOut: answer.loggedOut === true,
    remainsIn: text(answer.remainsIn),
  };
}
