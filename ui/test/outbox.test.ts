import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConnectionLost, GatewayError, Outbox, type OutboxItem } from "@tidegate/client";

let ready = true;
let replies: (() => Promise<unknown>)[] = [];
const tried: string[] = [];
const taken: string[] = [];

function outbox(restored: OutboxItem[] = []): Outbox {
  return new Outbox(
    {
      ready: () => ready,
      send: (item) => {
        tried.push(item.key);
        return (replies.shift() ?? (() => Promise.resolve({})))();
      },
      accepted: (item) => taken.push(item.key),
      changed: () => undefined,
    },
    restored,
  );
}

const message = (key: string) => ({ key, sessionKey: "s", text: key, at: 0 });
const refusal = (retryable: boolean): GatewayError =>
  new GatewayError({ code: "X", message: "no", details: {}, retryable, retryAfterMs: 400 });

beforeEach(() => {
  vi.useFakeTimers();
  ready = true;
  replies = [];
  tried.length = taken.length = 0;
});
afterEach(() => void vi.useRealTimers());

describe("the outbox", () => {
  test("waits without a connection and sends in order when there is one", async () => {
    ready = false;
    const box = outbox();
    box.add(message("a"));
    box.add(message("b"));
    expect(tried).toEqual([]);
    ready = true;
    await box.flush();
    expect(taken).toEqual(["a", "b"]);
    expect(box.items).toEqual([]);
  });

  test("sends again with the same key when the answer was lost", async () => {
    replies = [() => Promise.reject(new ConnectionLost())];
    const box = outbox();
    box.add(message("a"));
    await vi.advanceTimersByTimeAsync(0);
    expect(box.items).toMatchObject([{ key: "a", status: "waiting" }]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(tried).toEqual(["a", "a"]);
    expect(taken).toEqual(["a"]);
  });

  test("heeds the pause that the gateway asks for", async () => {
    replies = [() => Promise.reject(refusal(true))];
    const box = outbox();
    box.add(message("a"));
    await vi.advanceTimersByTimeAsync(399);
    expect(tried).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(taken).toEqual(["a"]);
  });

  test("keeps a refused message, does not hold up the next, and retries on request", async () => {
    replies = [() => Promise.reject(refusal(false))];
    const box = outbox();
    box.add(message("a"));
    box.add(message("b"));
    await vi.advanceTimersByTimeAsync(0);
    expect(taken).toEqual(["b"]);
    expect(box.items).toMatchObject([{ key: "a", status: "failed", error: "no" }]);
    box.retry("a");
    await vi.advanceTimersByTimeAsync(0);
    expect(taken).toEqual(["b", "a"]);
  });

  test("takes up after a reload what was under way", async () => {
    const box = outbox([{ ...message("a"), status: "sending" }]);
    await box.flush();
    expect(tried).toEqual(["a"]);
  });
});
