import { batch, signal } from "@preact/signals";
import { type Asked, type Decided, type DecidedPage, type Ended, readDecidedPage } from "../wire/approvals.ts";
import { reasonOf } from "./channels.ts";
import { gateway, isReady } from "./gateway.ts";
import { orRefusal } from "./refusal.ts";

const PAGE = 20;

/** Questions that are over, newest end first; undefined until the gateway has told. */
export const decided = signal<readonly Decided[] | undefined>(undefined);
/** Where the next, older page begins; undefined if there is none. */
const older = signal<string | undefined>(undefined);
/** Why this browser is not told; it may lack the scope. */
export const decidedFailure = signal<string | undefined>(undefined);

export function hasOlder(): boolean {
  return older.value !== undefined;
}

async function load(before?: string): Promise<DecidedPage> {
  const params = before === undefined ? { limit: PAGE } : { limit: PAGE, before };
  return readDecidedPage(await orRefusal(gateway().call("exec.approval.history", params)));
}

/** Loads the newest page again, and keeps what was loaded of older ones. */
export async function refreshDecided(): Promise<void> {
  if (!isReady.value) return;
  try {
    const page = await load();
    const tail = olderThan(decided.value ?? [], page);
    batch(() => {
      decided.value = [...page.rows, ...tail];
      if (tail.length === 0) older.value = page.before;
      decidedFailure.value = undefined;
    });
  } catch (error) {
    if (isReady.value) decidedFailure.value = reasonOf(error);
  }
}

/** What is known beyond the end of a page; nothing where the page is the last one, or does not reach so far. */
function olderThan(known: readonly Decided[], { rows, before }: DecidedPage): readonly Decided[] {
  const last = rows.at(-1);
  const index = known.findIndex(({ id }) => id === last?.id);
  return before === undefined || index < 0 ? [] : known.slice(index + 1);
}

export async function loadOlderDecided(): Promise<void> {
  if (older.value === undefined) return;
  const page = await load(older.value);
  const known = new Set(decided.value?.map(({ id }) => id));
  batch(() => {
    decided.value = [...(decided.value ?? []), ...page.rows.filter(({ id }) => !known.has(id))];
    older.value = page.before;
  });
}

/** A question that was shown here is over. */
export function noteEnded(asked: Asked, ended: Ended): void {
  const others = decided.value?.filter(({ id }) => id !== ended.id) ?? [];
  decided.value = [{ ...ended, asked }, ...others];
}
