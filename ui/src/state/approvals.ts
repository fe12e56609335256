import { batch, computed, signal } from "@preact/signals";
import { strings } from "../strings.ts";
import { type Asked, type Ended, readAsked, readAskedList, readEnded } from "../wire/approvals.ts";
import { announce } from "./announce.ts";
import { reasonOf } from "./channels.ts";
import { gateway, isReady } from "./gateway.ts";
import { overlay, showNotice } from "./page.ts";
import { orRefusal } from "./refusal.ts";
import { browser, keep, recall } from "./storage.ts";

const words = strings.approvals;
/** How many past questions this browser remembers by their ids. */
const MOST_REMEMBERED = 20;
const REMEMBERED = "approvals";

/** A question that is over. */
export interface Decided extends Ended {
  asked: Asked;
}

/** Commands that wait for a person, oldest first. */
export const waiting = signal<readonly Asked[]>([]);
/** Why this browser is not told; it may lack the scope. */
export const approvalsFailure = signal<string | undefined>(undefined);
/** Questions that are over, newest first. */
export const decided = signal<readonly Decided[]>([]);
/** The question that the sheet shows; another one takes its place only if its reader says so. */
export const shownId = signal<string | undefined>(undefined);
export const shown = computed(() => waiting.value.find(({ id }) => id === shownId.value));

export async function refreshApprovals(): Promise<void> {
  if (!isReady.value) return;
  try {
    const told = readAskedList(await orRefusal(gateway().call("exec.approval.list", {})));
    batch(() => {
      waiting.value = told;
      approvalsFailure.value = undefined;
    });
    told.forEach(remember);
  } catch (error) {
    if (isReady.value) approvalsFailure.value = reasonOf(error);
  }
}

/** Opens the sheet with a question, by default the one that waits longest. */
export function review(id = waiting.value[0]?.id): void {
  if (id === undefined || overlay.value !== undefined) return;
  shownId.value = id;
  overlay.value = "approval";
}

/** The question before or after the one that is shown. */
export function step(by: 1 | -1): void {
  const index = waiting.value.findIndex(({ id }) => id === shownId.value);
  const next = waiting.value[index + by];
  if (next) shownId.value = next.id;
}

export type Decision = "allow-once" | "allow-always" | "deny";

/** The question about which this page is deciding: its end is told by the answer, not by the event. */
let deciding: string | undefined;

/** Decides about one question, and goes on to the one that waits longest. */
export async function decide({ id }: Asked, decision: Decision): Promise<void> {
  deciding = id;
  try {
    await orRefusal(gateway().call("exec.approval.resolve", { id, decision }));
    batch(() => {
      leave(id);
      if (shownId.value === id) goOn();
    });
    showNotice(words.sheet.decided[decision] ?? "");
  } finally {
    deciding = undefined;
    // It may have failed because it was over; and the event may have been lost.
    await refreshApprovals();
  }
}

function goOn(): void {
  const next = waiting.value[0];
  if (next) shownId.value = next.id;
  else closeReview();
}

export function closeReview(): void {
  batch(() => {
    shownId.value = undefined;
    if (overlay.value === "approval") overlay.value = undefined;
  });
}

function leave(id: string): void {
  waiting.value = waiting.value.filter((one) => one.id !== id);
}

function withDecided(known: readonly Decided[], fresh: Decided): readonly Decided[] {
  return [fresh, ...known.filter(({ id }) => id !== fresh.id)].slice(0, MOST_REMEMBERED);
}

/** Asks what became of the questions that this browser has seen in the last day. */
export async function refreshDecided(): Promise<void> {
  const open = new Set(waiting.value.map(({ id }) => id));
  const ids = remembered().filter((id) => !open.has(id));
  const told = await Promise.all(ids.map(ask));
  const known = told.filter((one) => one !== undefined);
  decided.value = known.sort((a, b) => b.asked.since - a.asked.since);
}

/** One question that is over; undefined if the gateway has forgotten it. */
async function ask(id: string): Promise<Decided | undefined> {
  const row = await gateway().call("exec.approval.get", { id }).catch(() => undefined);
  const asked = readAsked(row);
  const ended = readEnded(row);
  return asked && ended && { ...ended, asked };
}

function remembered(): readonly string[] {
  return recall<readonly string[]>(browser, REMEMBERED, []);
}

function remember({ id }: Asked): void {
  const others = remembered().filter((one) => one !== id);
  keep(browser, REMEMBERED, [id, ...others].slice(0, MOST_REMEMBERED));
}

export function watchApprovals(): void {
  gateway().on("exec.approval.requested", (payload) => {
    const asked = readAsked(payload);
    if (!asked) return;
    remember(asked);
    waiting.value = [...waiting.value.filter(({ id }) => id !== asked.id), asked];
    announce(words.bar.spoken(waiting.value.length));
  });
  gateway().on("exec.approval.resolved", (payload) => {
    const ended = readEnded(payload);
    if (!ended) return;
    const asked = waiting.value.find(({ id }) => id === ended.id);
    batch(() => {
      if (asked) decided.value = withDecided(decided.value, { ...ended, asked });
      if (ended.id !== deciding) leave(ended.id);
    });
  });
}
