import { describe, expect, test } from "vitest";
import { outcomeOf, stepsOf } from "../src/state/trace-steps.ts";
import { type Part, readParts, readTrace, type Traced } from "../src/wire/delivery.ts";
import { golden } from "./golden.ts";

const TS = 1_769_248_800_000;
const way = readTrace(golden("messages.trace.result"))[0] as Traced;
const part = readParts(golden("outbox.list.result"))[0] as Part;
const network = (id: string): string => ({ telegram: "Telegram" })[id] ?? id;

const sent = (more: Partial<Part> = {}): Part => ({
  ...part, state: "sent", maybeSentSince: undefined, error: undefined, index: 0, count: 1, attempts: 1, ...more,
});

function told(one: Traced): string[] {
  return stepsOf(one, network).map(({ name, detail, at, afterMs, tone }) => {
    const when = at === undefined ? "now" : `${at - TS}`;
    return [when, afterMs === undefined ? "" : `+${afterMs}`, tone, name, detail ?? ""].join("|");
  });
}

describe("a dead letter", () => {
  test("is read with all that is known of it", () => {
    expect(part).toEqual({
      no: 17, id: "r9:0", index: 0, count: 2, channel: "telegram", accountId: "default", peer: "-1001234",
      chatType: "group", thread: "7", kind: "text", text: "The wash is done.", state: "dead", attempts: 4,
      createdAt: TS - 60_000, notBefore: TS - 10_000, maybeSentSince: TS - 50_000, settledAt: TS - 1_000,
      messageId: "812", error: "the bot was removed from the group",
      sessionKey: "agent:main:telegram:group:-1001234:topic:7", runId: "r9",
    });
  });
});

describe("the way of a message", () => {
  test("is told in the order of time, with spans, failures and tries", () => {
    expect(told(way)).toEqual([
      "-70000||done|Sent on Telegram|message 811, sender 4242",
      "-69000|+1000|done|Arrived and stored here|",
      "-69000|+0|done|Run accepted|r9",
      "-68900|+100|done|Run began|",
      "-60000|+8900|done|Run ended well|",
      "-60000|+0|done|Answer decided|",
      "-60000|+0|done|Message 1 of 2: put into the outbox|r9:0",
      "-50000|+10000|unsure|Message 1 of 2: try of unknown end|",
      "-1000|+49000|bad|Message 1 of 2: given up|the bot was removed from the group; tried 4 times",
    ]);
    expect(outcomeOf(way)).toEqual({ sentence: "Not delivered", tone: "bad" });
  });

  test("ends with the receipt and the time that it took", () => {
    const well: Traced = { ...way, parts: [sent()] };
    expect(told(well).at(-1)).toBe("-1000|+59000|done|Message: the network has it|receipt 812; tried once");
    expect(outcomeOf(well)).toEqual({ sentence: "Answered, 1 min from arrival to receipt", tone: "done" });
    const fast: Traced = { ...way, parts: [sent({ settledAt: TS - 69_000 + 2_340 })] };
    expect(outcomeOf(fast).sentence).toBe("Answered, 2.3 s from arrival to receipt");
  });

  test("what has not happened yet stands last and has no time", () => {
    const open: Traced = { ...way, parts: [sent({ state: "prepared", settledAt: undefined, attempts: 0 }), sent()] };
    expect(told(open).at(-1)).toBe("now||waits|Message: waits for its try|");
    expect(outcomeOf(open)).toEqual({ sentence: "On its way out", tone: "waits" });
    const unsure = told({ ...way, parts: [sent({ state: "ambiguous", error: "no answer" })] }).at(-1);
    expect(unsure).toBe("now||unsure|Message: nobody knows yet whether it arrived|no answer; tried once");
  });

  test("a run that waits, works, or failed", () => {
    const run = { runId: "r1", sessionKey: "s", state: "queued", acceptedAt: TS };
    const waits: Traced = { run, parts: [] };
    expect(told(waits)).toEqual(["0||done|Run accepted|r1", "now||waits|Waits for its turn|"]);
    expect(outcomeOf(waits).sentence).toBe("Waits for its turn");
    const works: Traced = { run: { ...run, startedAt: TS + 5 }, parts: [] };
    expect(told(works).at(-1)).toBe("now||waits|Being answered|");
    expect(outcomeOf(works).sentence).toBe("Being answered");
    const failed: Traced = {
      run: { ...run, startedAt: TS + 5, endedAt: TS + 9, status: "error", error: "no model" }, parts: [],
    };
    expect(told(failed).at(-1)).toBe("9|+4|bad|Run failed|no model");
    expect(outcomeOf(failed)).toEqual({ sentence: "The answer failed", tone: "bad" });
  });

  test("a network whose clock runs ahead sends nothing after it arrived", () => {
    const early = { ...way, inbound: { ...way.inbound!, sentAt: TS + 90_000 } };
    expect(told(early)[0]).toBe("-69000||done|Sent on Telegram|message 811, sender 4242");
  });

  test("what began here and was dropped by hand", () => {
    const dropped: Traced = { parts: [sent({ state: "dropped", error: "blocked" })] };
    expect(told(dropped).at(-1)).toBe("-1000|+59000|bad|Message: dropped by hand|blocked; tried once");
    expect(outcomeOf(dropped)).toEqual({ sentence: "Dropped by hand", tone: "bad" });
    expect(outcomeOf({ parts: [sent()] }).sentence).toBe("Delivered");
    expect(outcomeOf({ inbound: way.inbound, parts: [] }).sentence).toBe("Taken, and nothing was to be said");
  });
});
