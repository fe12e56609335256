import { signal } from "@preact/signals";
import { strings } from "../strings.ts";
import { type Part, type Traced, readParts, readTrace } from "../wire/delivery.ts";
import { object } from "../wire/read.ts";
import { reasonOf, refreshChannels } from "./channels.ts";
import { gateway, isReady } from "./gateway.ts";
import { showNotice } from "./page.ts";

const words = strings.channels.outbox;
const MOST_PARTS = 100;

/** Messages that were given up, newest first. */
export const dead = signal<readonly Part[]>([]);
export const deadFailure = signal<string | undefined>(undefined);

export async function refreshDead(): Promise<void> {
  if (!isReady.value) return;
  try {
    dead.value = readParts(await gateway().call("outbox.list", { state: "dead", limit: MOST_PARTS }));
    deadFailure.value = undefined;
  } catch (error) {
    if (isReady.value) deadFailure.value = reasonOf(error);
  }
}

export async function retryPart({ no }: Part): Promise<void> {
  const { retried } = object(await gateway().call("outbox.retry", { no }));
  showNotice(retried === true ? words.retried : words.notDead);
  await Promise.all([refreshDead(), refreshChannels()]);
}

export async function dropPart({ no }: Part): Promise<void> {
  const { dropped } = object(await gateway().call("outbox.drop", { no }));
  showNotice(dropped === true ? words.dropped : words.notDead);
  await Promise.all([refreshDead(), refreshChannels()]);
}

/** The search for the way of a message. */
export type Search =
  | { phase: "idle" }
  | { phase: "asking"; id: string }
  | { phase: "found"; id: string; ways: readonly Traced[] }
  | { phase: "failed"; id: string; reason: string };

export const search = signal<Search>({ phase: "idle" });
/** Grows when a search begins elsewhere than in its field: its reader is brought to it. */
export const broughtCount = signal(0);

/** Looks up the ways of the messages that this id names; of two searches the later one counts. */
export async function trace(id: string): Promise<void> {
  const asked: Search = { phase: "asking", id };
  search.value = asked;
  const answer = await gateway()
    .call("messages.trace", { id })
    .then(
      (told): Search => ({ phase: "found", id, ways: readTrace(told) }),
      (error: unknown): Search => ({ phase: "failed", id, reason: reasonOf(error) }),
    );
  if (search.value === asked) search.value = answer;
}

/** The same, asked for by a message that stands elsewhere on the page. */
export function traceFromHere(id: string): void {
  broughtCount.value += 1;
  void trace(id);
}

export function forgetTrace(): void {
  search.value = { phase: "idle" };
}
