import { describe, expect, test } from "vitest";
import { liveEntries } from "../src/state/timeline.ts";
import { attached, gist, resultsOf, toolViews } from "../src/state/tools.ts";
import { accepted, newTurns, onAgent, onChat, onPage, type Turns } from "../src/state/turns.ts";
import { readAgentEvent, readChatEvent } from "../src/wire/events.ts";
import { readHistory } from "../src/wire/history.ts";
import { readMessage } from "../src/wire/message.ts";

const NOW = 1_700_000_000_000;

function asks(id: string, words: string, runId = "r") {
  const call = { type: "toolCall", id, name: "exec", arguments: { command: ["echo", "two words"], cwd: "/tmp" } };
  return { id: `m-${id}`, role: "assistant", runId, stopReason: "toolUse", timestamp: NOW, content: [{ type: "text", text: words }, call] };
}

function brings(id: string, words: string, more = {}, runId = "r") {
  return { id: `b-${id}`, role: "toolResult", runId, toolCallId: id, toolName: "exec", timestamp: NOW, content: [{ type: "text", text: words }], ...more };
}

function page(messages: unknown[], more = {}) {
  return readHistory({ sessionId: "s", messages, ...more });
}

function tool(turns: Turns, phase: string, more = {}): Turns {
  const data = { phase, name: "exec", toolCallId: "c1", ...more };
  return onAgent(turns, readAgentEvent({ runId: "r", sessionKey: "k", stream: "tool", data })!);
}

function says(turns: Turns, text: string): Turns {
  return onAgent(turns, readAgentEvent({ runId: "r", sessionKey: "k", stream: "assistant", data: { text } })!);
}

const asked = accepted(newTurns("k", "ready"), { runId: "r", text: "time?", at: NOW }, { queued: false, done: false });

describe("calls in the history", () => {
  test("each is drawn with its own result, and a result is not drawn twice", () => {
    const { messages } = page([asks("c1", "One."), brings("c1", "noon"), asks("c1", "Two.", "other"), brings("c1", "night", { isError: true }, "other")]);
    const results = resultsOf(messages);
    const views = messages.flatMap((message) => toolViews(message, results, undefined));
    expect(views.map((view) => [view.state, view.output])).toEqual([["done", "noon"], ["failed", "night"]]);
    expect(messages.filter((message) => !attached(messages).has(message)).map((message) => message.text)).toEqual(["One.", "Two."]);
  });

  test("a result without its call is drawn alone, a call without a result says so", () => {
    const { messages } = page([brings("c0", "old"), asks("c1", "One."), brings("c2", "?", { toolCallId: "" })]);
    expect(attached(messages).size).toBe(0);
    expect(toolViews(messages[1]!, resultsOf(messages), undefined)[0]?.state).toBe("unknown");
  });

  test("an interrupted call is told apart from a failed one", () => {
    const { messages } = page([asks("c1", "One."), brings("c1", "cut", { isError: true, interrupted: true })]);
    expect(toolViews(messages[0]!, resultsOf(messages), undefined)[0]?.state).toBe("interrupted");
  });

  test("only pictures of known kinds are shown", () => {
    const picture = (mimeType: string) => ({ type: "image", data: "AAAA", mimeType });
    const content = [picture("image/png"), picture("text/html"), picture("image/svg+xml")];
    const message = readMessage({ role: "toolResult", toolCallId: "c1", content });
    expect(message.result?.pictures).toEqual([{ data: "AAAA", mime: "image/png" }]);
  });

  test("arguments that are no object are shown as they came", () => {
    const broken = readMessage({ role: "assistant", content: [{ type: "toolCall", id: "c", name: "exec", arguments: '{"half' }] });
    expect(broken.tools[0]?.input).toEqual([{ name: "", value: '{"half' }]);
  });
});

describe("calls of a run at work", () => {
  test("shows the card at once, its output as it grows, and hands it over to the history", () => {
    let turns = says(asked, "I look.");
    turns = tool(turns, "start", { args: { command: "date" } });
    const live = () => liveEntries(turns, []).find((entry) => entry.kind === "run");
    expect(live()).toMatchObject({ run: { text: "", tools: [{ name: "exec", state: "running" }] } });
    turns = tool(turns, "update", { partialResult: "no" });
    expect(live()).toMatchObject({ run: { tools: [{ output: "no", state: "running" }] } });
    turns = onPage(turns, page([asks("c1", "I look.")], { activeRun: { runId: "r", text: "" } }), turns.revision);
    expect(live()).toMatchObject({ run: { tools: [] } });
    const results = resultsOf(turns.messages);
    expect(toolViews(turns.messages[0]!, results, turns.run)[0]).toMatchObject({ output: "no", state: "running" });
    turns = tool(turns, "result", { isError: true, result: { content: [{ type: "text", text: "nope" }, { type: "image", mimeType: "image/png" }] } });
    expect(toolViews(turns.messages[0]!, results, turns.run)[0]).toMatchObject({ output: "nope", state: "failed" });
  });

  test("the words after a call are a message of their own", () => {
    let turns = tool(says(asked, "I look."), "start");
    turns = says(turns, "It is noon.");
    expect(turns.run?.text).toBe("It is noon.");
    const final = { role: "assistant", content: [{ type: "text", text: "It is noon." }], timestamp: NOW };
    turns = onChat(turns, readChatEvent({ runId: "r", sessionKey: "k", state: "final", message: final })!);
    expect(turns.answers[0]?.message.text).toBe("It is noon.");
  });

  test("an update that names no call changes nothing", () => {
    const event = readAgentEvent({ runId: "r", sessionKey: "k", stream: "tool", data: { phase: "start" } })!;
    expect(onAgent(asked, event).run?.tools).toEqual([]);
  });
});

test("the line of a card is the command as one would type it", () => {
  const line = (value: unknown) => gist(readMessage({ content: [{ type: "toolCall", id: "c", arguments: { cwd: "/", command: value } }] }).tools[0]!.input);
  expect(line(["git", "log", "two words", ""])).toBe('git log "two words" ""');
  expect(line("date; id")).toBe("date; id");
  expect(gist([])).toBe("");
});
