import { readName } from "./name.ts";
import { list, type Loose, number, object, text, texts } from "./read.ts";

/** What a device says of itself; only the id is proven. */
export interface Described {
  /** Hex SHA-256 of its key. */
  deviceId: string;
  name?: string;
  platform?: string;
  family?: string;
  program?: string;
  mode?: string;
  /** Absent where it came from the gateway's own machine. */
  address?: string;
}

/** A device that wants to join, or wants more. Times are Unix milliseconds of the gateway's clock. */
export interface PendingDevice extends Described {
  requestId: string;
  role: string;
  scopes: readonly string[];
  /** What it may do in this role already. */
  granted: readonly string[];
  /** What it offers as a node: what it may be sent once it is approved. */
  commands: readonly string[];
  /** What of its commands was approved before. */
  grantedCommands: readonly string[];
  /** Whether it is known and wants more. */
  known: boolean;
  since: number;
  expiresAt: number;
}

export interface Token {
  role: string;
  scopes: readonly string[];
  createdAt: number;
  rotatedAt?: number;
  revokedAt?: number;
  usedAt?: number;
  usedFrom?: string;
  expiresAt?: number;
}

export interface TrustChange {
  from: string;
  to: string;
  by: string;
  at: number;
}

export interface PairedDevice extends Described {
  /** What the owner calls it. */
  label?: string;
  roles: readonly string[];
  scopes: readonly string[];
  tokens: readonly Token[];
  createdAt: number;
  approvedAt: number;
  /** `untrusted`, `verified` or `trusted`. */
  trust: string;
  trustChanges: readonly TrustChange[];
  connected: boolean;
  /** Whether it is the device that asks. */
  own: boolean;
}

export interface Devices {
  pending: readonly PendingDevice[];
  paired: readonly PairedDevice[];
}

export function readDevices(value: unknown): Devices {
  const told = object(value);
  return {
    pending: list(told.pending).map(readPending).filter((one) => one !== undefined),
    paired: list(told.paired).map(readPaired).filter((one) => one !== undefined),
  };
}

export function readPending(value: unknown): PendingDevice | undefined {
  const row = object(value);
  const described = readDescribed(row);
  const requestId = text(row.requestId);
  if (!described || !requestId) return undefined;
  return {
    ...described,
    requestId,
    role: text(row.role) ?? "operator",
    scopes: texts(row.scopes),
    granted: texts(row.grantedScopes),
    commands: texts(row.commands),
    grantedCommands: texts(row.grantedCommands),
    known: row.isRepair === true,
    since: number(row.ts) ?? 0,
    expiresAt: number(row.expiresAtMs) ?? 0,
  };
}

export function readPaired(value: unknown): PairedDevice | undefined {
  const row = object(value);
  const described = readDescribed(row);
  if (!described) return undefined;
  return {
    ...described,
    label: readName(row.label),
    roles: texts(row.roles),
    scopes: texts(row.scopes),
    tokens: list(row.tokens).map(readToken),
    createdAt: number(row.createdAtMs) ?? 0,
    approvedAt: number(row.approvedAtMs) ?? 0,
    trust: text(row.trust) ?? "untrusted",
    trustChanges: list(row.trustChanges).map(readTrustChange),
    connected: row.connected === true,
    own: row.own === true,
  };
}

function readDescribed(row: Loose): Described | undefined {
  const deviceId = text(row.deviceId);
  if (!deviceId) return undefined;
  return {
    deviceId,
    name: readName(row.displayName),
    platform: readName(row.platform),
    family: readName(row.deviceFamily),
    program: readName(row.clientId),
    mode: readName(row.clientMode),
    address: text(row.remoteIp),
  };
}

function readToken(value: unknown): Token {
  const token = object(value);
  return {
    role: text(token.role) ?? "",
    scopes: texts(token.scopes),
    createdAt: number(token.createdAtMs) ?? 0,
    rotatedAt: number(token.rotatedAtMs),
    revokedAt: number(token.revokedAtMs),
    usedAt: number(token.lastUsedAtMs),
    usedFrom: text(token.lastUsedFrom),
    expiresAt: number(token.expiresAtMs),
  };
}

function readTrustChange(value: unknown): TrustChange {
  const change = object(value);
  return {
    from: text(change.from) ?? "",
    to: text(change.to) ?? "",
    by: text(change.by) ?? "",
    at: number(change.atMs) ?? 0,
  };
}

/** The new token of a device, told once. */
export interface NewToken {
  role: string;
  token: string;
}

export function readNewToken(value: unknown): NewToken {
  const answer = object(value);
  return { role: text(answer.role) ?? "", token: text(answer.token) ?? "" };
}

/** With it one device joins, once. */
export interface SetupCode {
  code: string;
  url: string;
  /** `full`, `limited` or `node`. */
  access: string;
  /** Good for less than was asked, because its address is not encrypted. */
  downgraded: boolean;
  expiresAt: number;
}

export function readSetupCode(value: unknown): SetupCode {
  const answer = object(value);
  return {
    code: text(answer.setupCode) ?? "",
    url: text(answer.gatewayUrl) ?? "",
    access: text(answer.access) ?? "",
    downgraded: answer.accessDowngraded === true,
    expiresAt: number(answer.expiresAtMs) ?? 0,
  };
}
