import { ago, waitOf } from "../format.ts";
import { strings } from "../strings.ts";
import type { Described, PairedDevice, Token } from "../wire/devices.ts";
import type { Fact, Tone } from "./account-card.ts";
import { byWeight, rightWord, roleWord } from "./rights.ts";

const words = strings.devices;
const SHORT_ID_CHARS = 8;

/** The first signs of an id, as much as people compare. */
export function shortId(id: string): string {
  return id.slice(0, SHORT_ID_CHARS);
}

/** The whole id in groups, to be compared with what a device shows. */
export function inGroups(id: string): string {
  return id.replace(/(.{8})(?=.)/g, "$1 ");
}

/** The owner's name for it, else its own, else a beginning of its id. */
export function deviceName(device: Described & { label?: string }): string {
  return device.label ?? device.name ?? words.unnamed(shortId(device.deviceId));
}

/** What it says of itself beside its name. */
export function saysOf({ platform, family, program, mode }: Described): string {
  const said = [platform, family, program, mode].filter((one) => one !== undefined);
  return [...new Set(said)].join(", ") || "–";
}

export function placeOf(address: string | undefined): string {
  return address ?? words.thisMachine;
}

/** The key is near its end; each use puts the end off again. */
const SOON_MS = 14 * 86_400_000;

/** Whether a key ends soon unless its device comes back. */
export function endsSoon(token: Token, now: number): boolean {
  return tokenState(token, now) === "valid" && token.expiresAt !== undefined && token.expiresAt - now < SOON_MS;
}

export type TokenState = "valid" | "expired" | "revoked";

export function tokenState(token: Token, now: number): TokenState {
  if (token.revokedAt !== undefined) return "revoked";
  return token.expiresAt !== undefined && token.expiresAt <= now ? "expired" : "valid";
}

export function tokenSentence(token: Token, now: number): string {
  const state = tokenState(token, now);
  if (state !== "valid") return words.paired[state];
  if (token.expiresAt === undefined) return words.paired.valid;
  return words.paired.validUntil(waitOf(token.expiresAt - now));
}

/** Whether it can connect at all. */
export function canConnect(device: PairedDevice, now: number): boolean {
  return device.tokens.some((token) => tokenState(token, now) === "valid");
}

export function toneOf(device: PairedDevice, now: number): Tone {
  if (device.connected) return "ok";
  return canConnect(device, now) ? "calm" : "warn";
}

export function trustWord(level: string): string {
  return Object.hasOwn(words.trust.levels, level) ? (words.trust.levels[level]?.word ?? level) : level;
}

/** What of a device is looked for most often. */
export function factsOf(device: PairedDevice, now: number): readonly Fact[] {
  const used = lastUse(device);
  const rights = byWeight(device.scopes).map(rightWord).join(", ");
  return [
    { name: words.paired.roles, value: device.roles.map(roleWord).join(", ") || "–" },
    { name: words.paired.rights, value: rights || words.paired.noRights },
    { name: words.paired.lastUse, value: ago(used?.at, now), at: used?.at },
    { name: words.paired.address, value: placeOf(used ? used.from : device.address) },
    { name: words.paired.since, value: ago(device.createdAt, now), at: device.createdAt },
  ];
}

/** What ends, in sentences, when the keys of a device for some roles stop working. */
export function endsOf(device: PairedDevice, roles: readonly string[], now: number): readonly string[] {
  const ending = device.tokens.filter((token) => roles.includes(token.role) && tokenState(token, now) === "valid");
  const operator = ending.find(({ role }) => role === "operator");
  const rights = byWeight(operator?.scopes ?? []).map(rightWord).join(", ");
  return [
    ...(device.connected && ending.length > 0 ? [words.ends.connection] : []),
    ...(rights ? [words.ends.rights(rights)] : []),
    ...(ending.some(({ role }) => role === "node") ? [words.ends.node] : []),
    ...(ending.length === 0 ? [words.ends.nothing] : []),
  ];
}

/** The newest use of any of its tokens. */
function lastUse(device: PairedDevice): { at: number; from?: string } | undefined {
  return device.tokens
    .flatMap(({ usedAt, usedFrom }) => (usedAt === undefined ? [] : [{ at: usedAt, from: usedFrom }]))
    .sort((a, b) => b.at - a.at)[0];
}

/**
 * What somebody should know before the tokens of a device stop working: whether it is the device at
 * hand, and whether no other one is left that may administer.
 */
export function lockoutWarnings(
  device: PairedDevice,
  role: string | undefined,
  all: readonly PairedDevice[],
  now: number,
): readonly string[] {
  if (role !== undefined && role !== "operator") return [];
  const others = all.filter(({ deviceId }) => deviceId !== device.deviceId);
  const isLast = mayAdminister(device, now) && !others.some((one) => mayAdminister(one, now));
  return [...(device.own ? [words.lockout.own] : []), ...(isLast ? [words.lockout.last] : [])];
}

function mayAdminister(device: PairedDevice, now: number): boolean {
  const token = device.tokens.find(({ role }) => role === "operator");
  return token !== undefined && token.scopes.includes("operator.admin") && tokenState(token, now) === "valid";
}
