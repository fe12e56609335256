import { strings } from "../strings.ts";
import type { PendingDevice } from "../wire/devices.ts";

const words = strings.devices;

/** Rights with which a device could take over: settings, other devices, programs. */
const WIDE: readonly string[] = ["operator.admin", "operator.pairing", "operator.approvals"];
/** The order in which they are told: what weighs most comes first. */
const ORDER = Object.keys(words.rights);

export function rightWord(scope: string): string {
  return Object.hasOwn(words.rights, scope) ? (words.rights[scope]?.word ?? scope) : scope;
}

export function rightSentence(scope: string): string {
  const known = Object.hasOwn(words.rights, scope) ? words.rights[scope] : undefined;
  return known?.sentence ?? words.rightUnknown(scope);
}

export function roleWord(role: string): string {
  return Object.hasOwn(words.roles, role) ? (words.roles[role] ?? role) : role;
}

/** Weightiest first; unknown ones before all others, because nobody can say what they weigh. */
export function byWeight(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes)].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
}

/** What a request would give that the device does not have. */
export function gained({ scopes, granted }: Pick<PendingDevice, "scopes" | "granted">): readonly string[] {
  return byWeight(scopes.filter((scope) => !granted.includes(scope)));
}

/** One right of a request, compared with what the device has. */
export interface RightChange {
  scope: string;
  kind: "gained" | "kept" | "lost";
  sentence: string;
}

/** What approving would change: a device then has exactly what it asks for. New ones first, the weightiest first. */
export function difference({ scopes, granted }: Pick<PendingDevice, "scopes" | "granted">): readonly RightChange[] {
  const as = (kind: RightChange["kind"], some: readonly string[]): readonly RightChange[] =>
    byWeight(some).map((scope) => ({ scope, kind, sentence: rightSentence(scope) }));
  return [
    ...as("gained", scopes.filter((scope) => !granted.includes(scope))),
    ...as("kept", scopes.filter((scope) => granted.includes(scope))),
    ...as("lost", granted.filter((scope) => !scopes.includes(scope))),
  ];
}

/** Whether approving asks for a second look. A right that this page does not know counts as wide. */
export function isWide(request: Pick<PendingDevice, "scopes" | "granted">): boolean {
  return gained(request).some((scope) => WIDE.includes(scope) || !ORDER.includes(scope));
}
