import { batch, computed, signal } from "@preact/signals";
import { freshId } from "../fresh-id.ts";
import { fullKey } from "../session-key.ts";
import { readChatEvent } from "../wire/events.ts";
import { list, object, text } from "../wire/read.ts";
import { readSession, type Session } from "../wire/session.ts";
import { showConversation, turns } from "./conversation.ts";
import { draftOf, setDraft } from "./drafts.ts";
import { gateway, hello, isReady } from "./gateway.ts";
import { browser, keep, recall } from "./storage.ts";

const LIMIT = 200;
const COALESCE_MS = 250;

export const sessions = signal<readonly Session[]>([]);
/** The model that answers where none is chosen, as `provider/id`. */
export const defaultModel = signal<string | undefined>(undefined);
export const search = signal("");
/** Matches of the search, or undefined while nothing is searched or the answer is under way. */
export const found = signal<readonly Session[] | undefined>(undefined);
export const openKey = signal("");
/** Keys of conversations in which an answer is being written, as the events tell. */
export const running = signal<ReadonlySet<string>>(new Set());

export const openSession = computed(() =>
  sessions.value.find((session) => session.key === openKey.value),
);

/** Whether the open conversation comes from a chat network; told only when that changes. */
export const openHasOrigin = computed(() => openSession.value?.origin !== undefined);

let refreshTimer: ReturnType<typeof setTimeout> | undefined;
let searchTimer: ReturnType<typeof setTimeout> | undefined;

async function load(term?: string): Promise<readonly Session[]> {
  const result = await gateway().call("sessions.list", {
    limit: LIMIT,
    includeDerivedTitles: true,
    includeLastMessage: true,
    ...(term ? { search: term } : {}),
  });
  const { model, modelProvider } = object(object(result).defaults);
  defaultModel.value = text(model) && text(modelProvider) ? `${modelProvider}/${model}` : text(model);
  return list(object(result).sessions)
    .map(readSession)
    .filter((session) => session !== undefined);
}

export async function refreshSessions(): Promise<void> {
  if (!isReady.value) return;
  const loaded = await load().catch(() => undefined);
  if (!loaded) return;
  batch(() => {
    sessions.value = loaded;
    running.value = new Set(loaded.filter((one) => one.active).map((one) => one.key));
  });
  if (found.value) await find(search.value.trim());
}

async function find(term: string): Promise<void> {
  const matches = await load(term).catch(() => undefined);
  if (matches && search.value.trim() === term) found.value = matches;
}

/** Something happened to some conversation: load the list again soon, once for many happenings. */
export function sessionsChanged(): void {
  if (refreshTimer !== undefined) return;
  refreshTimer = setTimeout(() => {
    refreshTimer = undefined;
    void refreshSessions();
  }, COALESCE_MS);
}

export function setSearch(term: string): void {
  search.value = term;
  clearTimeout(searchTimer);
  const wanted = term.trim();
  if (wanted === "") {
    found.value = undefined;
    return;
  }
  searchTimer = setTimeout(() => void find(wanted), COALESCE_MS);
}

export function select(key: string, isNew = false): void {
  openKey.value = key;
  keep(browser, "open", key);
  showConversation(key, isNew);
}

export function startNew(): void {
  const agent = hello.value?.defaultAgentId ?? "main";
  select(`agent:${agent}:web:${freshId(12)}`, true);
}

/**
 * On the first connection: the conversation of last time, at once, so that nothing typed early gets
 * lost; if the list then shows that it is gone, and nothing was begun in it, the main one.
 */
export async function openFirst(): Promise<void> {
  const main = hello.value?.mainSessionKey ?? "agent:main:main";
  const last = recall(browser, "open", main);
  select(last);
  await refreshSessions();
  const isGone = isReady.value && last !== main && !sessions.value.some((session) => session.key === last);
  if (isGone && openKey.value === last && isUntouched()) select(main);
}

function isUntouched(): boolean {
  const { mine, run } = turns.value;
  return draftOf(openKey.value) === "" && mine.length === 0 && run === undefined;
}

export function patchSession(
  key: string,
  change: { label?: string | null; model?: string | null; thinkingLevel?: string | null },
): Promise<void> {
  return gateway()
    .call("sessions.patch", { key, ...change })
    .then(() => refreshSessions());
}

export async function resetSession(key: string): Promise<void> {
  await gateway().call("sessions.reset", { key });
  await refreshSessions();
  if (openKey.value === key) select(key);
}

export async function deleteSession(key: string): Promise<void> {
  await gateway().call("sessions.delete", { key });
  setDraft(key, "");
  await refreshSessions();
  if (openKey.value === key) select(hello.value?.mainSessionKey ?? "agent:main:main");
}

/** Keeps the list and its activity marks in step with what happens anywhere. */
export function watchSessions(): void {
  gateway().on("chat", (payload) => {
    const event = readChatEvent(payload);
    if (!event) return;
    const key = fullKey(event.sessionKey, hello.value);
    const active = event.state === "delta";
    if (running.value.has(key) !== active) mark(key, active);
    const known = sessions.value.some((session) => session.key === key);
    if (!active || !known) sessionsChanged();
  });
}

function mark(key: string, active: boolean): void {
  const next = new Set(running.value);
  if (active) next.add(key);
  else next.delete(key);
  running.value = next;
}
