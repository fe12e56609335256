import { expect, test } from "vitest";
import { earlier, later, rangeOf, tooLong, type Window, windowOf } from "../src/views/window.ts";
import type { Message } from "../src/wire/message.ts";

function numbered(from: number, to: number): Message[] {
  return Array.from({ length: to - from }, (_, index) => ({
    key: String(from + index), role: "user", text: "", thinking: "", tools: [], at: 0,
  }));
}

test("the window starts at the newest end and follows it", () => {
  expect(rangeOf(numbered(0, 500), {})).toEqual({ start: 400, end: 500 });
  expect(rangeOf(numbered(0, 501), {})).toEqual({ start: 401, end: 501 });
});

test("it grows to a limit and then slides, and never draws more", () => {
  const messages = numbered(0, 1_000);
  let window: Window = {};
  for (let step = 0; step < 20; step++) {
    const range = earlier(rangeOf(messages, window));
    expect(tooLong(range)).toBe(false);
    window = windowOf(messages, range);
  }
  expect(rangeOf(messages, window)).toEqual({ start: 0, end: 300 });
  for (let step = 0; step < 20; step++) {
    window = windowOf(messages, later(rangeOf(messages, window), messages.length));
  }
  expect(rangeOf(messages, window)).toEqual({ start: 700, end: 1_000 });
  expect(window.last).toBeUndefined();
});

test("earlier pages do not move it", () => {
  const window = windowOf(numbered(200, 600), { start: 0, end: 200 });
  expect(rangeOf(numbered(0, 600), window)).toEqual({ start: 200, end: 400 });
});

test("a vanished message leaves a window at the newest end", () => {
  expect(rangeOf(numbered(0, 50), { first: "gone", last: "gone too" })).toEqual({ start: 0, end: 50 });
});
