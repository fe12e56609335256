import { signal } from "@preact/signals";
import { plainWords } from "../plain-words.ts";
import { fullKey } from "../session-key.ts";
import { strings } from "../strings.ts";
import { type ChatEvent, readAgentEvent, readChatEvent } from "../wire/events.ts";
import { readHistory } from "../wire/history.ts";
import { announce } from "./announce.ts";
import { gateway, hello, isReady } from "./gateway.ts";
import { newTurns, onAgent, onChat, onOlder, onPage, type Turns, unqueued } from "./turns.ts";

const PAGE = 200;
/** Enough to lay over what is shown after each answer; a wider hole loads a full page. */
const TAIL = 40;

export const turns = signal<Turns>(newTurns("", "loading"));

let refreshing = false;
let refreshAgain = false;

/** Applies a change if that conversation is the open one. */
export function changeTurns(sessionKey: string, change: (turns: Turns) => Turns): void {
  if (turns.value.sessionKey === sessionKey) turns.value = change(turns.value);
}

export function showConversation(sessionKey: string, isNew: boolean): void {
  turns.value = newTurns(sessionKey, isNew ? "ready" : "loading");
  if (!isNew) void refreshConversation();
}

/** Loads the newest messages again; calls during a load lead to one more load after it. */
export async function refreshConversation(): Promise<void> {
  if (!isReady.value || turns.value.sessionKey === "") return;
  if (refreshing) {
    refreshAgain = true;
    return;
  }
  refreshing = true;
  try {
    do {
      refreshAgain = false;
      await loadNewest();
    } while (refreshAgain && isReady.value);
  } finally {
    refreshing = false;
  }
}

async function loadNewest(): Promise<void> {
  const { sessionKey, revision, phase, messages } = turns.value;
  const limit = phase === "ready" && messages.length > TAIL ? TAIL : PAGE;
  try {
    const page = readHistory(await gateway().call("chat.history", { sessionKey, limit }));
    changeTurns(sessionKey, (now) => onPage(now, page, revision));
    const cutShort = limit === TAIL && page.nextBefore !== undefined;
    if (cutShort && turns.value.messages.length <= TAIL) {
      // More was said than the short page holds: it stands alone now, so load a full one.
      changeTurns(sessionKey, (now) => ({ ...now, messages: [], nextBefore: undefined }));
      refreshAgain = true;
    }
    if (turns.value.sessionKey !== sessionKey) refreshAgain = true;
  } catch (error) {
    if (turns.value.sessionKey !== sessionKey) refreshAgain = true;
    else if (isReady.value) fail(sessionKey, error);
  }
}

function fail(sessionKey: string, error: unknown): void {
  const failure = error instanceof Error ? error.message : String(error);
  changeTurns(sessionKey, (now) =>
    now.phase === "ready" ? now : { ...now, phase: "failed", failure },
  );
}

export async function loadOlder(): Promise<void> {
  const { sessionKey, nextBefore, loadingOlder } = turns.value;
  if (nextBefore === undefined || loadingOlder || !isReady.value) return;
  changeTurns(sessionKey, (now) => ({ ...now, loadingOlder: true }));
  try {
    const params = { sessionKey, limit: PAGE, before: nextBefore };
    const page = readHistory(await gateway().call("chat.history", params));
    changeTurns(sessionKey, (now) =>
      now.nextBefore === nextBefore ? onOlder(now, page) : { ...now, loadingOlder: false },
    );
  } catch {
    changeTurns(sessionKey, (now) => ({ ...now, loadingOlder: false }));
  }
}

export async function stopRun(): Promise<void> {
  const { sessionKey, run } = turns.value;
  if (!run) return;
  await gateway()
    .call("chat.abort", { sessionKey, runId: run.runId })
    .catch(() => undefined);
  void refreshConversation();
}

export async function removeFromQueue(runId: string): Promise<void> {
  const { sessionKey } = turns.value;
  await gateway()
    .call("chat.abort", { sessionKey, runId })
    .catch(() => undefined);
  changeTurns(sessionKey, (now) => unqueued(now, runId));
  void refreshConversation();
}

/** Follows the runs of the open conversation. */
export function watchConversation(): void {
  gateway().on("chat", (payload) => {
    const event = readChatEvent(payload);
    if (!event || !isOpen(event.sessionKey)) return;
    const before = turns.value;
    turns.value = onChat(before, event);
    if (event.state !== "delta") {
      tell(event);
      void refreshConversation();
    } else if (isForeign(before, event.runId)) {
      void refreshConversation();
    }
  });
  gateway().on("agent", (payload) => {
    const event = readAgentEvent(payload);
    if (!event || !isOpen(event.sessionKey)) return;
    const before = turns.value;
    turns.value = onAgent(before, event);
    // A turn may take several queued messages along; only the history knows which.
    const starts = event.stream === "lifecycle" && event.phase === "start";
    const hasQueue = before.mine.some((item) => item.queued) || before.othersQueued.length > 0;
    if (starts && (hasQueue || isForeign(before, event.runId))) void refreshConversation();
    // What was said before a call, and what it brought, is stored when it is told.
    if (event.stream === "tool" && event.phase !== "update") void refreshConversation();
  });
}

function isOpen(sessionKey: string): boolean {
  return fullKey(sessionKey, hello.value) === turns.value.sessionKey;
}

/** A run that another window, a channel or the CLI started: its question is not here yet. */
function isForeign(now: Turns, runId: string): boolean {
  return now.run?.runId !== runId && !now.mine.some((item) => item.runId === runId);
}

function tell(event: ChatEvent): void {
  if (event.state === "aborted") return announce(strings.chat.answerStopped);
  if (event.state === "error") {
    return announce(strings.chat.answerFailed(event.error ?? strings.chat.error));
  }
  const text = event.message?.text;
  if (text) announce(strings.chat.answered(plainWords(text).slice(0, 600)));
}
