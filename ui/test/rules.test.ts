import { describe, expect, test } from "vitest";
import { ownOriginSocketUrl, takeOneTimeCode } from "../../clients/ts/src/runtime/address.ts";
import { backoffDelay } from "../../clients/ts/src/runtime/backoff.ts";
import { mayReconnect } from "../../clients/ts/src/runtime/close.ts";
import { fullKey } from "../src/session-key.ts";
import { SequenceTracker } from "../../clients/ts/src/runtime/sequence.ts";

describe("event numbers", () => {
  test("a dense stream has no hole, wherever it starts", () => {
    const tracker = new SequenceTracker();
    for (const seq of [5, 6, 7, 8]) expect(tracker.observe(seq)).toBeUndefined();
  });

  test("a hole is told once, with both ends", () => {
    const tracker = new SequenceTracker();
    tracker.observe(1);
    expect(tracker.observe(4)).toEqual({ expected: 2, received: 4 });
    expect(tracker.observe(5)).toBeUndefined();
  });

  test("a number seen before is no hole", () => {
    const tracker = new SequenceTracker();
    tracker.observe(3);
    expect(tracker.observe(3)).toBeUndefined();
    expect(tracker.observe(2)).toBeUndefined();
    expect(tracker.observe(4)).toBeUndefined();
  });
});

describe("the pause before a new attempt", () => {
  test("grows by 1.7 from 0.8 s to 15 s", () => {
    const middle = (): number => 0.5;
    expect([0, 1, 2, 20].map((n) => backoffDelay(n, middle))).toEqual([800, 1360, 2312, 15_000]);
  });

  test("is spread, and never above the limit", () => {
    expect(backoffDelay(0, () => 0)).toBe(600);
    expect(backoffDelay(0, () => 1)).toBe(1_000);
    expect(backoffDelay(50, () => 1)).toBe(15_000);
  });
});

describe("close codes", () => {
  test("a restart, a silence and an unknown code invite a new attempt", () => {
    for (const code of [1006, 1012, 4000, 4999]) expect(mayReconnect(code, "", true)).toBe(true);
  });

  test("a slow reader may come back, a refused one may not", () => {
    expect(mayReconnect(1008, "slow consumer", true)).toBe(true);
    expect(mayReconnect(1008, "pairing required", false)).toBe(false);
    expect(mayReconnect(1002, "protocol mismatch", false)).toBe(false);
  });
});

test("a session has one full key, however its caller named it", () => {
  const names = { defaultAgentId: "main", mainSessionKey: "agent:main:home" };
  const keys = ["main", " HOME ", "notes", "agent:work", "agent:work:main", "agent:main:web:x1", "global"];
  expect(keys.map((key) => fullKey(key, names))).toEqual([
    "agent:main:home", "agent:main:home", "agent:main:notes", "agent:work:home", "agent:work:home",
    "agent:main:web:x1", "global",
  ]);
});

describe("the address", () => {
  const code = (hash: string, search = "") => {
    const shown: string[] = [];
    const taken = takeOneTimeCode({ hash, search, pathname: "/" }, (url) => shown.push(url));
    return { taken, shown };
  };

  test("only its own origin is dialled", () => {
    expect(ownOriginSocketUrl("http://127.0.0.1:18789")).toBe("ws://127.0.0.1:18789/");
    expect(ownOriginSocketUrl("https://gate.example")).toBe("wss://gate.example/");
  });

  test("a one-time code is taken and wiped", () => {
    expect(code("#code=AB-cd_12")).toEqual({ taken: "AB-cd_12", shown: ["/"] });
  });

  test("whatever else stands there is wiped and not read", () => {
    expect(code("#gatewayUrl=ws://evil")).toEqual({ taken: undefined, shown: ["/"] });
    expect(code("#code=x&gatewayUrl=ws://evil")).toEqual({ taken: undefined, shown: ["/"] });
    expect(code("", "?token=x")).toEqual({ taken: undefined, shown: ["/"] });
    expect(code("")).toEqual({ taken: undefined, shown: [] });
  });
});
