import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { golden } from "./golden.ts";

type Call = (params: Record<string, unknown>) => unknown;

const asked: [string, unknown][] = [];
const answers = new Map<string, Call>();
const handlers = new Map<string, (payload: unknown) => void>();
const notices: string[] = [];

vi.mock("../src/state/gateway.ts", () => ({
  isReady: signal(true),
  gateway: () => ({
    call: async (method: string, params: Record<string, unknown>) => {
      asked.push([method, params]);
      const answer = answers.get(method);
      if (!answer) throw new Error(`${method} is not allowed`);
      return answer(params);
    },
    on: (event: string, handler: (payload: unknown) => void) => void handlers.set(event, handler),
  }),
}));
vi.mock("../src/state/page.ts", () => ({ showNotice: (text: string) => void notices.push(text) }));

const channels = await import("../src/state/channels.ts");
const clock = await import("../src/state/clock.ts");
const people = await import("../src/state/people.ts");
const delivery = await import("../src/state/delivery.ts");
const { attention } = await import("../src/state/attention.ts");

const TS = 1_769_248_800_000;

afterEach(() => void vi.useRealTimers());
beforeEach(() => {
  vi.useFakeTimers({ now: TS - 3_000 });
  asked.length = notices.length = 0;
  answers.clear();
  answers.set("channels.status", () => golden("channels.status.result"));
  answers.set("channels.pairing.list", () => golden("channels.pairing.list.result"));
  answers.set("channels.senders.list", () => golden("channels.senders.list.result"));
  channels.channels.value = undefined;
  channels.channelsFailure.value = undefined;
  people.asking.value = [];
  delivery.forgetTrace();
});

describe("the accounts", () => {
  test("are asked for, and their times are compared with the gateway's clock", async () => {
    await channels.refreshChannels();
    expect(channels.accounts.value.map((one) => one.state)).toEqual(["backoff"]);
    expect([channels.openParts.value, channels.deadParts.value]).toEqual([3, 1]);
    expect(clock.gatewayTime(Date.now())).toBe(TS);
    expect([channels.networkLabel("telegram"), channels.networkLabel("matrix")]).toEqual(["Telegram", "Matrix"]);
  });

  test("a refusal is told, and forgotten when an answer comes", async () => {
    answers.delete("channels.status");
    await channels.refreshChannels();
    expect(channels.channelsFailure.value).toBe("channels.status is not allowed");
    answers.set("channels.status", () => golden("channels.status.result"));
    await channels.refreshChannels();
    expect(channels.channelsFailure.value).toBeUndefined();
  });

  test("an event changes the state at once, clears an old reason, and is followed up once", async () => {
    await channels.refreshChannels();
    const changed = vi.fn();
    channels.watchChannels(changed);
    const account = { channel: "telegram", accountId: "default", state: "live", stateSinceMs: TS, open: 0, dead: 0 };
    for (const state of ["connecting", "live"]) {
      handlers.get("channels.changed")?.({ ts: TS, accounts: [{ ...account, state }] });
    }
    expect(channels.accounts.value).toMatchObject([{ state: "live", open: 0, name: "Home", mode: "polling" }]);
    expect(channels.accounts.value[0]?.reason).toBeUndefined();
    expect(channels.accounts.value[0]?.nextTryAt).toBeUndefined();
    expect(changed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  test("a probe of one network leaves the others as they are", async () => {
    const both = { channelOrder: ["telegram", "slack"], channelAccounts: { telegram: [{}], slack: [{ name: "Work" }] } };
    answers.set("channels.status", () => both);
    await channels.refreshChannels();
    answers.set("channels.status", () => ({ channelAccounts: { telegram: [{ probe: { ok: true, elapsedMs: 4 } }] } }));
    await channels.probe("telegram");
    expect(asked.at(-1)).toEqual(["channels.status", { probe: true, timeoutMs: 8_000, channel: "telegram" }]);
    expect(channels.accounts.value).toMatchObject([{ channel: "telegram", probe: { ok: true } }, { name: "Work" }]);
  });

  test("a logout names the account and asks again how it is", async () => {
    answers.set("channels.logout", () => golden("channels.logout.result"));
    await channels.refreshChannels();
    const left = await channels.logout(channels.accounts.value[0]!);
    expect(left.remainsIn).toBe("env");
    expect(asked.slice(1)).toEqual([
      ["channels.logout", { channel: "telegram", accountId: "default" }],
      ["channels.status", {}],
    ]);
  });
});

describe("people", () => {
  const ben = () => people.asking.value[0]!;

  test("who asks is told once, and counts among what needs the owner", async () => {
    await channels.refreshChannels();
    people.watchPeople();
    const event = golden("channels.pairing.requested.event");
    handlers.get("channels.pairing.requested")?.(event);
    handlers.get("channels.pairing.requested")?.({ ...event, code: "NEWCODE2" });
    expect(people.asking.value).toMatchObject([{ senderId: "4242", code: "NEWCODE2" }]);
    expect(notices[0]).toBe("Ben asks to be let in on Telegram.");
    // Ben, the account that backs off, and the dead letters.
    expect(attention.value).toBe(3);
  });

  test("a name cannot hide signs, break the line, or fill the page", () => {
    people.watchPeople();
    const ask = (name: string): string | undefined => {
      handlers.get("channels.pairing.requested")?.({ channel: "telegram", senderId: "4242", code: "A", name });
      return people.asking.value[0] && people.personName(people.asking.value[0]);
    };
    expect(ask("Ana\u202e\n7001\u200b (you)")).toBe("Ana 7001 (you)");
    expect(ask("😀".repeat(200))).toBe("😀".repeat(64));
    expect(ask("\u200b \u0007")).toBe("4242");
  });

  test("who was let in elsewhere is asked about only while somebody waits", async () => {
    people.watchPeople();
    await people.refreshPeople();
    asked.length = 0;
    answers.set("channels.pairing.list", () => ({ requests: [] }));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(people.asking.value).toEqual([]);
    const count = asked.length;
    await vi.advanceTimersByTimeAsync(90_000);
    expect([count > 0, asked.length]).toEqual([true, count]);
  });

  test("an approval sends the code, and `owner` only where it was meant", async () => {
    await people.refreshPeople();
    answers.set("channels.pairing.approve", () => golden("channels.pairing.approve.result"));
    await people.approve(ben(), false);
    await people.refreshPeople();
    await people.approve(ben(), true);
    expect(asked.filter(([method]) => method === "channels.pairing.approve").map(([, params]) => params)).toEqual([
      { channel: "telegram", code: "K7QX2M9P" },
      { channel: "telegram", code: "K7QX2M9P", owner: true },
    ]);
    expect(people.admitted.value).toMatchObject([{ senderId: "4242", owner: true }]);
  });

  test("a refused approval leaves the person waiting", async () => {
    await people.refreshPeople();
    await expect(people.approve(ben(), false)).rejects.toThrow("not allowed");
    expect(people.asking.value).toHaveLength(1);
  });

  test("a dismissal names the person by the network's id", async () => {
    await people.refreshPeople();
    answers.set("channels.pairing.dismiss", () => golden("channels.pairing.dismiss.result"));
    answers.set("channels.pairing.list", () => ({ requests: [] }));
    await people.dismiss(ben());
    expect(asked).toContainEqual(["channels.pairing.dismiss", { channel: "telegram", accountId: "default", senderId: "4242" }]);
    expect(people.asking.value).toEqual([]);
  });

  test("without the scope for it the page says so", async () => {
    answers.delete("channels.pairing.list");
    await people.refreshPeople();
    expect(people.peopleFailure.value).toBe("channels.pairing.list is not allowed");
  });
});

describe("what was not delivered", () => {
  test("is tried again or dropped by its number, and the list is asked for anew", async () => {
    answers.set("outbox.list", () => golden("outbox.list.result"));
    answers.set("outbox.retry", () => golden("outbox.retry.result"));
    answers.set("outbox.drop", () => ({ ok: true, dropped: false }));
    await delivery.refreshDead();
    await delivery.retryPart(delivery.dead.value[0]!);
    await delivery.dropPart(delivery.dead.value[0]!);
    expect(asked).toContainEqual(["outbox.retry", { no: 17 }]);
    expect(asked).toContainEqual(["outbox.drop", { no: 17 }]);
    expect(asked.filter(([method]) => method === "outbox.list")).toHaveLength(3);
    expect(notices).toEqual(["It is tried again, with what belongs to it.", "It was no longer there."]);
  });

  test("of two searches the later one counts", async () => {
    const held: (() => void)[] = [];
    answers.set("messages.trace", ({ id }) =>
      new Promise((resolve) => held.push(() => resolve({ messages: id === "new" ? [{}] : [] }))));
    const old = delivery.trace("old");
    const later = delivery.trace("new");
    held.reverse().forEach((release) => release());
    await Promise.all([old, later]);
    expect(delivery.search.value).toMatchObject({ phase: "found", id: "new", ways: [{ parts: [] }] });
  });

  test("a search that fails says why", async () => {
    await delivery.trace("811");
    expect(delivery.search.value).toEqual({ phase: "failed", id: "811", reason: "messages.trace is not allowed" });
  });
});
