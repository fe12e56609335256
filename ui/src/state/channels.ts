import { batch, computed, signal } from "@preact/signals";
import { type Account, type AccountState, type Channels, type Logout, readBrief, readChannels, readLogout } from "../wire/channels.ts";
import { isTrouble } from "./account-card.ts";
import { learnTime } from "./clock.ts";
import { gateway, isReady } from "./gateway.ts";

/** How long a network may take to answer a probe. */
const PROBE_MS = 8_000;
const COALESCE_MS = 250;

/** Every account on every network; undefined until the gateway has told. */
export const channels = signal<Channels | undefined>(undefined);
/** Why it could not be told last time. */
export const channelsFailure = signal<string | undefined>(undefined);
const labels = computed(() => channels.value?.labels);
export const accounts = computed(() => channels.value?.accounts ?? []);
export const openParts = computed(() => accounts.value.reduce((sum, one) => sum + one.open, 0));
export const deadParts = computed(() => accounts.value.reduce((sum, one) => sum + one.dead, 0));
/** Accounts that do not do what they should. */
export const troubled = computed(() => accounts.value.filter((one) => isTrouble(one.state)).length);

let refreshTimer: ReturnType<typeof setTimeout> | undefined;

/** The name of a network; its id with a capital where the gateway has not told. */
export function networkLabel(id: string): string {
  return labels.value?.get(id) ?? id.charAt(0).toUpperCase() + id.slice(1);
}

export async function refreshChannels(): Promise<void> {
  if (!isReady.value) return;
  try {
    take(readChannels(await gateway().call("channels.status", {})));
  } catch (error) {
    if (isReady.value) channelsFailure.value = reasonOf(error);
  }
}

/** Asks one network who we are there; the others are left alone. */
export async function probe(channel: string): Promise<void> {
  const params = { probe: true, timeoutMs: PROBE_MS, channel };
  const told = readChannels(await gateway().call("channels.status", params));
  const now = channels.value;
  if (!now) return take(told);
  const fresh = new Map(told.accounts.map((one) => [nameOf(one), one]));
  take({ ...now, ts: told.ts, accounts: now.accounts.map((one) => fresh.get(nameOf(one)) ?? one) });
}

export async function logout({ channel, accountId }: Account): Promise<Logout> {
  const answer = readLogout(await gateway().call("channels.logout", { channel, accountId }));
  await refreshChannels();
  return answer;
}

function take(told: Channels): void {
  batch(() => {
    channels.value = told;
    channelsFailure.value = undefined;
    learnTime(told.ts);
  });
}

/** Lays what an event tells over what is known. */
export function withBrief(known: Channels, brief: readonly AccountState[]): Channels {
  const fresh = new Map(brief.map((one) => [nameOf(one), one]));
  return { ...known, accounts: known.accounts.map((one) => ({ ...one, ...fresh.get(nameOf(one)) })) };
}

function nameOf({ channel, accountId }: Pick<AccountState, "channel" | "accountId">): string {
  return `${channel}/${accountId}`;
}

/** Follows every account; `changed` hears of it soon afterwards, once for many changes. */
export function watchChannels(changed: () => void): void {
  gateway().on("channels.changed", (payload) => {
    const brief = readBrief(payload);
    if (channels.value) channels.value = withBrief(channels.value, brief.accounts);
    learnTime(brief.ts);
    if (refreshTimer !== undefined) return;
    refreshTimer = setTimeout(() => {
      refreshTimer = undefined;
      changed();
    }, COALESCE_MS);
  });
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
