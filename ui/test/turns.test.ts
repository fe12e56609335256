import { describe, expect, test } from "vitest";
import { accepted, newTurns, onAgent, onChat, onOlder, onPage, type Turns } from "../src/state/turns.ts";
import { liveEntries } from "../src/state/timeline.ts";
import { readAgentEvent, readChatEvent } from "../src/wire/events.ts";
import { readHistory } from "../src/wire/history.ts";

const NOW = 1_700_000_000_000;

function stored(id: number, role: string, text: string) {
  return { id: String(id), role, content: [{ type: "text", text }], timestamp: NOW + id };
}

function page(messages: unknown[], more: Record<string, unknown> = {}) {
  return readHistory({ sessionId: "s1", messages, ...more });
}

function chat(turns: Turns, runId: string, state: string, text?: string, more = {}): Turns {
  const message = text === undefined ? undefined : { role: "assistant", content: [{ type: "text", text }], timestamp: NOW };
  return onChat(turns, readChatEvent({ runId, sessionKey: "k", state, message, ...more })!);
}

function thinks(turns: Turns, runId: string, text: string): Turns {
  const data = { text, delta: text };
  return onAgent(turns, readAgentEvent({ runId, sessionKey: "k", stream: "thinking", data })!);
}

function say(turns: Turns, runId: string, text: string, queued = false): Turns {
  return accepted(turns, { runId, text, at: NOW }, { queued, done: false });
}

function shown(turns: Turns): string[] {
  const history = turns.messages.map((message) => `${message.role}:${message.text}`);
  const live = liveEntries(turns, []).map((entry) => {
    if (entry.kind === "message") return `answer:${entry.message.text}`;
    if (entry.kind === "run") return `run:${entry.run.text}`;
    return entry.kind === "unsent" ? "unsent" : `${entry.kind}:${entry.text}`;
  });
  return [...history, ...live];
}

const start = onPage(newTurns("k", "loading"), page([stored(1, "user", "hi"), stored(2, "assistant", "ho")]), 0);

describe("one exchange", () => {
  test("shows question, growing answer, and the stored pair at the end, never anything twice", () => {
    let turns = say(start, "r", "how?");
    expect(shown(turns)).toEqual(["user:hi", "assistant:ho", "mine:how?", "run:"]);
    turns = chat(turns, "r", "delta", "so");
    turns = chat(turns, "r", "delta", undefined, { deltaText: "so" });
    expect(shown(turns).at(-1)).toBe("run:soso");
    turns = chat(turns, "r", "final", "so so");
    expect(shown(turns)).toEqual(["user:hi", "assistant:ho", "mine:how?", "answer:so so"]);
    turns = onPage(turns, page([stored(2, "assistant", "ho"), stored(3, "user", "how?"), stored(4, "assistant", "so so")]), turns.revision);
    expect(shown(turns)).toEqual(["user:hi", "assistant:ho", "user:how?", "assistant:so so"]);
  });

  test("a page that was asked for before the end does not hide the end", () => {
    let turns = chat(say(start, "r", "how?"), "r", "delta", "so");
    const askedAt = turns.revision;
    turns = chat(turns, "r", "final", "so so");
    turns = onPage(turns, page([stored(2, "assistant", "ho"), stored(3, "user", "how?")], { activeRun: { runId: "r", text: "so" } }), askedAt);
    expect(shown(turns)).toEqual(["user:hi", "assistant:ho", "user:how?", "answer:so so"]);
  });

  test("keeps the thoughts of a run with its answer", () => {
    const turns = chat(thinks(say(start, "r", "how?"), "r", "hmm"), "r", "final", "so");
    expect(turns.answers[0]?.message).toMatchObject({ thinking: "hmm", text: "so" });
  });

  test("an error stays visible when the history does not tell it", () => {
    let turns = chat(say(start, "r", "how?"), "r", "error", undefined, { errorMessage: "no model" });
    turns = onPage(turns, page([stored(2, "assistant", "ho"), stored(3, "user", "how?")]), turns.revision);
    expect(turns.answers[0]?.message).toMatchObject({ stopReason: "error", error: "no model" });
    expect(shown(turns)).toHaveLength(4);
  });

  test("an aborted run keeps what was said so far", () => {
    const turns = chat(chat(say(start, "r", "how?"), "r", "delta", "half"), "r", "aborted");
    expect(turns.run).toBeUndefined();
    expect(turns.answers[0]?.message).toMatchObject({ text: "half", stopReason: "aborted" });
  });

  test("late words of a finished run change nothing", () => {
    const turns = chat(say(start, "r", "how?"), "r", "final", "so");
    expect(chat(turns, "r", "delta", "s")).toBe(turns);
  });
});

describe("messages that name their run", () => {
  const named = (id: number, role: string, text: string, runId: string) => ({ ...stored(id, role, text), runId });

  test("an answer that the history told before its event is shown once", () => {
    let turns = say(start, "r", "how?");
    const full = page([stored(2, "assistant", "ho"), named(3, "user", "how?", "r"), named(4, "assistant", "so", "r")]);
    turns = onPage(turns, full, turns.revision);
    turns = onPage(chat(turns, "r", "final", "so"), full, turns.revision + 1);
    expect(shown(turns)).toEqual(["user:hi", "assistant:ho", "user:how?", "assistant:so"]);
  });

  test("a question that the history told before its receipt is shown once", () => {
    const active = { activeRun: { runId: "r", text: "s" } };
    const turns = onPage(start, page([stored(2, "assistant", "ho"), named(3, "user", "how?", "r")], active), start.revision);
    expect(shown(say(turns, "r", "how?"))).toEqual(["user:hi", "assistant:ho", "user:how?", "run:s"]);
  });
});

describe("the queue", () => {
  test("waits below the running answer, and moves up when its turn comes", () => {
    let turns = say(chat(say(start, "a", "one"), "a", "delta", "uno"), "b", "two", true);
    expect(shown(turns).slice(2)).toEqual(["mine:one", "run:uno", "queued:two"]);
    turns = chat(chat(turns, "a", "final", "uno!"), "b", "delta", "dos");
    expect(shown(turns).slice(2)).toEqual(["mine:one", "answer:uno!", "mine:two", "run:dos"]);
  });

  test("a message taken out of the queue leaves no trace", () => {
    let turns = say(chat(say(start, "a", "one"), "a", "delta", "uno"), "b", "two", true);
    turns = chat(turns, "b", "aborted");
    expect(shown(turns).slice(2)).toEqual(["mine:one", "run:uno"]);
  });

  test("shows what another window queued", () => {
    const turns = onPage(start, page([stored(1, "user", "hi")], { queued: [{ runId: "x", text: "later" }], activeRun: { runId: "y", text: "now" } }), start.revision);
    expect(shown(turns)).toEqual(["user:hi", "run:now", "queued:later"]);
  });

  test("a turn collected from two of mine takes both away", () => {
    let turns = say(say(start, "a", "one", true), "b", "two", true);
    turns = onPage(turns, page([stored(2, "assistant", "ho"), stored(3, "user", "one\n\ntwo")]), turns.revision);
    expect(shown(turns)).toEqual(["user:hi", "assistant:ho", "user:one\n\ntwo"]);
  });
});

describe("pages", () => {
  test("an earlier page goes before, without doubles", () => {
    const turns = onOlder(start, page([stored(0, "user", "first"), stored(1, "user", "hi")], { nextBefore: 0 }));
    expect(shown(turns)).toEqual(["user:first", "user:hi", "assistant:ho"]);
    expect(turns.nextBefore).toBe(0);
  });

  test("a page that does not join replaces what was shown", () => {
    const turns = onPage(start, page([stored(8, "user", "much later")], { nextBefore: 8 }), start.revision);
    expect(shown(turns)).toEqual(["user:much later"]);
    expect(turns.nextBefore).toBe(8);
  });

  test("a cleared conversation is empty, also when its messages look alike", () => {
    const turns = onPage(start, readHistory({ sessionId: "s2", messages: [] }), start.revision);
    expect(shown(turns)).toEqual([]);
  });

  test("a run that ended unseen is gone after the next page", () => {
    let turns = chat(say(start, "r", "how?"), "r", "delta", "so");
    turns = onPage(turns, page([stored(2, "assistant", "ho"), stored(3, "user", "how?"), stored(4, "assistant", "so so")]), turns.revision);
    expect(shown(turns)).toEqual(["user:hi", "assistant:ho", "user:how?", "assistant:so so"]);
  });
});
