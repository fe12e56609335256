import { waitOf } from "../src/format.ts";
import { describe, expect, test } from "vitest";
import {
  accountName,
  asSentence,
  botOf,
  factsOf,
  isTrouble,
  nextTryOf,
  probeSentence,
  sentenceOf,
  toneOf,
  wordOf,
} from "../src/state/account-card.ts";
import { strings } from "../src/strings.ts";
import { type Account, readBrief, readChannels, readLogout } from "../src/wire/channels.ts";
import { readSession } from "../src/wire/session.ts";
import { golden } from "./golden.ts";

const TS = 1_769_248_800_000;
const account = readChannels(golden("channels.status.result")).accounts[0] as Account;

describe("what channels.status says", () => {
  test("every part of an account is read", () => {
    expect(account).toEqual({
      channel: "telegram",
      accountId: "default",
      name: "Home",
      enabled: true,
      configured: true,
      state: "backoff",
      reason: "the network does not answer",
      since: TS - 5_000,
      nextTryAt: TS + 25_000,
      required: true,
      open: 3,
      dead: 1,
      attempts: 2,
      lastInboundAt: TS - 660_000,
      lastOutboundAt: TS - 650_000,
      lastProofAt: TS - 60_000,
      lastProbeAt: TS,
      probe: {
        ok: false,
        error: "the network does not answer",
        elapsedMs: 120,
        bot: { id: "7000000001", username: "ana_home_bot", name: "Ana at home" },
        notes: ["Privacy mode is on: in groups only mentions arrive."],
      },
      mode: "polling",
      dmPolicy: "pairing",
      allowed: 1,
      tokenSource: "file",
      changes: [
        { at: TS - 600_000, state: "live", reason: undefined },
        { at: TS - 5_000, state: "backoff", reason: "the network does not answer" },
      ],
    });
  });

  test("networks come in their order, with their names, and one without a place in it last", () => {
    const told = readChannels({
      channelOrder: ["slack", "discord"],
      channelLabels: { slack: "Slack" },
      channelAccounts: { matrix: [{ state: "live" }], discord: [{}], slack: [{}, { accountId: "b" }] },
    });
    expect(told.accounts.map((one) => `${one.channel}/${one.accountId}`)).toEqual([
      "slack/default", "slack/b", "discord/default", "matrix/default",
    ]);
    expect([...told.labels]).toEqual([["slack", "Slack"], ["discord", "discord"], ["matrix", "matrix"]]);
  });

  test("nothing configured, and nonsense, are no accounts", () => {
    expect(readChannels({ ts: 1, channelAccounts: {} }).accounts).toEqual([]);
    expect(readChannels(null).accounts).toEqual([]);
    expect(readChannels({ channelAccounts: { telegram: "?" } }).accounts).toEqual([]);
  });

  test("the event tells the state and nothing else", () => {
    const brief = readBrief(golden("channels.changed.event"));
    expect(brief.ts).toBe(TS);
    expect(brief.accounts).toMatchObject([{ channel: "telegram", state: "backoff", open: 3, dead: 1 }]);
  });

  test("a logout says where a credential is left", () => {
    expect(readLogout(golden("channels.logout.result"))).toEqual({
      cleared: false, loggedOut: false, remainsIn: "env",
    });
  });
});

describe("a card", () => {
  test("every state has a word, a sentence and a tone; only four are trouble", () => {
    const states = Object.keys(strings.channels.states);
    expect(states).toHaveLength(8);
    for (const state of states) expect(sentenceOf({ state })).toMatch(/^[A-Z].*\.$/);
    expect(states.filter(isTrouble)).toEqual(["degraded", "backoff", "needs-login", "conflict"]);
    expect([wordOf("needs-login"), toneOf("live"), toneOf("conflict")]).toEqual(["Needs login", "ok", "bad"]);
  });

  test("a state of a newer gateway is shown by its own word", () => {
    expect([wordOf("hibernating"), toneOf("hibernating"), sentenceOf({ state: "hibernating" })])
      .toEqual(["hibernating", "calm", ""]);
    expect(toneOf("toString")).toBe("calm");
  });

  test("the reason is told as a sentence, and of a conflict who holds it", () => {
    expect(sentenceOf(account)).toBe("The network does not answer.");
    expect(sentenceOf({ state: "conflict", reason: "process 71 has it" })).toBe("In use elsewhere: process 71 has it.");
    expect(asSentence(" done already. ")).toBe("Done already.");
  });

  test("the next try is counted down to a second, and then is now", () => {
    expect(nextTryOf(account, TS)).toBe("Next try in 25 s.");
    expect(nextTryOf(account, TS + 24_001)).toBe("Next try in 1 s.");
    expect(nextTryOf(account, TS + 25_000)).toBe("Trying now.");
    expect(nextTryOf({}, TS)).toBeUndefined();
    expect([1, 61_000, 7_200_000, 7_260_000].map(waitOf)).toEqual(["1 s", "1 min", "2 h", "2 h 1 min"]);
  });

  test("the facts say who we are, what moved when, and how", () => {
    expect(factsOf(account, TS).map((fact) => `${fact.name}: ${fact.value}`)).toEqual([
      "This is us: Ana at home (@ana_home_bot)",
      "Last message in: 11 min ago",
      "Last message out: 10 min ago",
      "Last proof of life: 1 min ago",
      "In this state: for 5 s",
      "Messages arrive by: asking the network",
      "Who may write: whom you let in",
      "Credential: in a file of the gateway",
    ]);
  });

  test("we are named by what the network told of us", () => {
    const told = { ok: true, elapsedMs: 5, notes: [] };
    expect(botOf(undefined)).toBe("Not asked yet");
    expect(botOf({ ...told, bot: { id: "7" } })).toBe("7");
    expect(botOf({ ...told, bot: { id: "7", username: "ana_bot" } })).toBe("@ana_bot");
    expect(botOf({ ...told, bot: { id: "7", name: "Ana" } })).toBe("Ana");
  });

  test("a probe is told with its time, or with why it failed", () => {
    expect(probeSentence({ ok: true, elapsedMs: 120, notes: [] })).toBe("The network knows us; it answered in 120 ms.");
    expect(probeSentence({ ok: false, elapsedMs: 1, notes: [], error: "401" })).toBe("The probe failed: 401.");
    expect(probeSentence({ ok: false, elapsedMs: 1, notes: [] })).toBe("The probe failed: no reason was given.");
  });

  test("an account is named by its owner, else by what it is", () => {
    expect(accountName(account)).toBe("Home");
    expect(accountName({ accountId: "default" })).toBe("default account");
    expect(accountName({ accountId: "work" })).toBe("work");
  });
});

describe("the origin of a conversation", () => {
  test("is the network and the group", () => {
    const { sessions } = golden("sessions.list.result") as { sessions: unknown[] };
    expect(readSession(sessions[0])?.origin).toEqual({
      channel: "telegram", accountId: "default", label: "Family", chatType: "group",
    });
  });

  test("is known from the channel alone, and is none for this page", () => {
    expect(readSession({ key: "k", channel: "slack", subject: "ops" })?.origin)
      .toEqual({ channel: "slack", accountId: "default", label: "ops", chatType: "direct" });
    expect(readSession({ key: "k", channel: "webchat" })?.origin).toBeUndefined();
    expect(readSession({ key: "k" })?.origin).toBeUndefined();
  });
});
