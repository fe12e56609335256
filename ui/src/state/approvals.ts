import { batch, computed, signal } from "@preact/signals";
import { strings } from "../strings.ts";
import { type Asked, readAsked, readAskedList, readEnded } from "../wire/approvals.ts";
import { announce } from "./announce.ts";
import { reasonOf } from "./channels.ts";
import { noteEnded, refreshDecided } from "./decided.ts";
import { gateway, isReady } from "./gateway.ts";
import { overlay, showNotice } from "./page.ts";
import { orRefusal } from "./refusal.ts";

const words = strings.approvals;

/** Commands that wait for a person, oldest first. */
export const waiting = signal<readonly Asked[]>([]);
/** Why this browser is not told; it may lack the scope. */
export const approvalsFailure = signal<string | undefined>(undefined);
/** Whether the gateway has told what waits; before that, nothing is not nothing. */
export const approvalsTold = signal(false);
/** The question that the sheet shows; another one takes its place only if its reader says so. */
export const shownId = signal<string | undefined>(undefined);
export const shown = computed(() => waiting.value.find(({ id }) => id === shownId.value));

export async function refreshApprovals(): Promise<void> {
  if (!isReady.value) return;
  try {
    const told = readAskedList(await orRefusal(gateway().call("exec.approval.list", {})));
    // What the sheet shows may have ended while nobody could tell.
    if (shownId.value !== undefined && !told.some(({ id }) => id === shownId.value)) await refreshDecided();
    batch(() => {
      waiting.value = told;
      approvalsTold.value = true;
      approvalsFailure.value = undefined;
    });
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

export function watchApprovals(): void {
  gateway().on("exec.approval.requested", (payload) => {
    const asked = readAsked(payload);
    if (!asked) return;
    waiting.value = [...waiting.value.filter(({ id }) => id !== asked.id), asked];
    announce(words.bar.spoken(waiting.value.length));
  });
  gateway().on("exec.approval.resolved", (payload) => {
    const ended = readEnded(payload);
    if (!ended) return;
    const asked = waiting.value.find(({ id }) => id === ended.id);
    batch(() => {
      if (asked) noteEnded(asked, ended);
      if (ended.id !== deciding) leave(ended.id);
    });
  });
}
