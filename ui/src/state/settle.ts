import type { HistoryPage } from "../wire/history.ts";
import type { Message } from "../wire/message.ts";
import type { LocalAnswer, Mine, Turns } from "./turns.ts";

/** A clock of the gateway that runs behind ours must not make us show a message twice. */
const CLOCK_SLACK_MS = 60_000;

type Locals = Pick<Turns, "mine" | "answers" | "othersQueued">;

/**
 * Decides which of the window's own notes a freshly loaded page has made needless. Messages that
 * name their run are matched by it; a gateway that names none is matched by words and time.
 */
export function settleLocals(
  turns: Turns,
  page: HistoryPage,
  fresh: readonly Message[],
  askedAt: number,
): Locals {
  const mineIds = new Set(turns.mine.map((item) => item.runId));
  return {
    mine: remainingMine(turns, page, fresh, askedAt),
    answers: remainingAnswers(turns.answers, page, askedAt),
    othersQueued: page.queued.filter((item) => !mineIds.has(item.runId)),
  };
}

function remainingMine(
  turns: Turns,
  page: HistoryPage,
  fresh: readonly Message[],
  askedAt: number,
): readonly Mine[] {
  const queued = new Set(page.queued.map((item) => item.runId));
  const stored = new Set(page.messages.filter((one) => one.role === "user").map((one) => one.runId));
  const unclaimed = fresh.filter((message) => message.role === "user" && !message.runId);
  const stays = (item: Mine): boolean => {
    if (queued.has(item.runId)) return true;
    if (stored.has(item.runId) || claim(unclaimed, item)) return false;
    if (item.revision > askedAt) return true;
    return !turns.finished.includes(item.runId) && page.activeRun?.runId === item.runId;
  };
  return turns.mine
    .filter(stays)
    .map((item) => (item.revision > askedAt ? item : { ...item, queued: queued.has(item.runId) }));
}

/** Finds my words in a new message. One that holds more than them may be claimed again. */
function claim(unclaimed: Message[], item: Mine): boolean {
  const words = item.text.trim();
  const index = unclaimed.findIndex((message) => {
    const recent = message.at === 0 || message.at >= item.at - CLOCK_SLACK_MS;
    return recent && message.text.includes(words);
  });
  if (index >= 0 && unclaimed[index]?.text.trim() === words) unclaimed.splice(index, 1);
  return index >= 0;
}

function remainingAnswers(
  answers: readonly LocalAnswer[],
  page: HistoryPage,
  askedAt: number,
): readonly LocalAnswer[] {
  return answers.filter((answer) => {
    if (endOfRun(page.messages, answer.runId)) return false;
    return answer.revision > askedAt || !page.messages.some((one) => isUnnamedCopy(one, answer));
  });
}

/** The stored last message of a run; one that calls tools is followed by another. */
export function endOfRun(messages: readonly Message[], runId: string): Message | undefined {
  return messages.findLast(
    (one) => one.role === "assistant" && one.runId === runId && one.tools.length === 0,
  );
}

function isUnnamedCopy(stored: Message, { message }: LocalAnswer): boolean {
  if (stored.role !== "assistant" || stored.runId) return false;
  if (stored.at < message.at - CLOCK_SLACK_MS) return false;
  const sameEnd = message.stopReason === "error" || message.stopReason === "aborted";
  return stored.text === message.text || (sameEnd && stored.stopReason === message.stopReason);
}
