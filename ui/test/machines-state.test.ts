import { GatewayError } from "@tidegate/client";
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { golden } from "./golden.ts";

type Call = (params: Record<string, unknown>) => unknown;

const asked: [string, unknown][] = [];
const answers = new Map<string, Call>();
const handlers = new Map<string, (payload: unknown) => void>();
const notices: string[] = [];
const newTokens: string[] = [];
let forgotten = 0;

vi.mock("../src/state/gateway.ts", () => ({
  isReady: signal(true),
  forgetBrowser: async () => void forgotten++,
  takeNewToken: async (token: string) => void newTokens.push(token),
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
vi.mock("../src/state/page.ts", () => ({ overlay: signal(undefined), showNotice: (text: string) => void notices.push(text) }));

const devices = await import("../src/state/devices.ts");
const approvals = await import("../src/state/approvals.ts");
const ended = await import("../src/state/decided.ts");
const change = await import("../src/state/rule-change.ts");
const rules = await import("../src/state/rules.ts");
const { rulesOfNode } = await import("../src/state/node-rules.ts");
const invocations = await import("../src/state/invocations.ts");
const { overlay } = await import("../src/state/page.ts");
const { announcement } = await import("../src/state/announce.ts");
const { refusalOf } = await import("../src/state/refusal.ts");
const { readAsked } = await import("../src/wire/approvals.ts");
const { readPaired, readPending } = await import("../src/wire/devices.ts");

const question = golden("exec.approval.requested.event");
const ID = question.id as string;
const second = { ...question, id: "second-question" };
const request = { requestId: "r1", deviceId: "ab".repeat(32), displayName: "Lamp", role: "node", scopes: [], grantedScopes: [], ts: 1, expiresAtMs: 2 };

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = notices.length = newTokens.length = forgotten = 0;
  answers.clear();
  answers.set("device.pair.list", () => ({ pending: [request], paired: [] }));
  answers.set("exec.approval.list", () => [question]);
  devices.waiting.value = [];
  approvals.waiting.value = [];
  ended.decided.value = undefined;
  approvals.closeReview();
});
afterEach(() => void vi.useRealTimers());

const calls = (method: string) => asked.filter(([name]) => name === method).map(([, params]) => params);

describe("a refusal", () => {
  const error = (message: string, detailsCode?: string) =>
    new GatewayError({ code: "INVALID_REQUEST", message, detailsCode, details: {}, retryable: false });

  test("names the way that always works", () => {
    expect(refusalOf(error("missing scope: operator.admin"), "tidegate devices approve r1")).toContain("“tidegate devices approve r1”");
    expect(refusalOf(error("missing scope: operator.admin"))).toContain("tidegate dashboard");
    expect(refusalOf(error("the request was replaced", "STALE"))).toContain("asked for something else");
    expect(refusalOf(error("unknown requestId"))).toContain("is over");
    expect([refusalOf(error("no room")), refusalOf(new Error("connection lost"))]).toEqual(["no room", "connection lost"]);
  });
});

describe("devices", () => {
  test("a request appears with its event, once for each device and role", () => {
    devices.watchDevices();
    handlers.get("device.pair.requested")?.(request);
    handlers.get("device.pair.requested")?.({ ...request, requestId: "r2" });
    handlers.get("device.pair.requested")?.({ nonsense: true });
    expect(devices.waiting.value.map(({ requestId }) => requestId)).toEqual(["r2"]);
    expect(notices).toEqual(["Lamp asks to be let in.", "Lamp asks to be let in."]);
  });

  test("after a decision, worked or not, the list is what the gateway says", async () => {
    const pending = readPending(request);
    if (!pending) throw new Error("the fixture is no request");
    answers.set("device.pair.approve", () => ({}));
    await devices.approveDevice(pending);
    await expect(devices.rejectDevice(pending)).rejects.toThrow("device.pair.reject is not allowed");
    expect(calls("device.pair.list")).toHaveLength(2);
    expect([calls("device.pair.approve"), notices]).toEqual([[{ requestId: "r1" }], ["Lamp was let in."]]);
  });

  test("this browser takes its own new key; another's is told", async () => {
    const device = readPaired({ deviceId: "ab", roles: ["operator", "node"], own: true });
    if (!device) throw new Error("the fixture is no device");
    answers.set("device.token.rotate", ({ role }) => ({ role, token: `new-${String(role)}` }));
    expect(await devices.renewToken(device, "operator")).toBeUndefined();
    expect(newTokens).toEqual(["new-operator"]);
    expect(await devices.renewToken(device, "node")).toEqual({ role: "node", token: "new-node" });
    expect(await devices.renewToken({ ...device, own: false }, "operator")).toEqual({ role: "operator", token: "new-operator" });
    expect(newTokens).toHaveLength(1);
  });

  test("whoever signs this browser out is led to the way in, and only then", async () => {
    const device = readPaired({ deviceId: "ab", roles: ["operator"], own: true });
    if (!device) throw new Error("the fixture is no device");
    answers.set("device.token.revoke", () => ({})).set("device.pair.remove", () => ({}));
    await devices.revokeToken({ ...device, own: false }, "operator");
    await devices.revokeToken(device, "node");
    await devices.removeDevice({ ...device, own: false });
    expect(forgotten).toBe(0);
    await devices.revokeToken(device, "operator");
    await devices.removeDevice(device);
    expect(forgotten).toBe(2);
  });

  test("a setup code for everything names no profile", async () => {
    answers.set("device.pair.setupCode", () => ({ setupCode: "c" }));
    await devices.makeSetupCode("full");
    await devices.makeSetupCode("node");
    expect(calls("device.pair.setupCode")).toEqual([{}, { bootstrapProfile: "node" }]);
  });
});

describe("commands that wait", () => {
  test("are read whole", () => {
    expect(readAsked(question)).toMatchObject({
      id: ID, command: "ls -l", argv: ["ls", "-l"], decisions: ["allow-once", "allow-always", "deny"], why: "it is not in the allowlist", agentId: "main", nodeId: "a1b2",
      subjectHash: "07".repeat(32), since: 1_769_248_800_000, expiresAt: 1_769_248_920_000,
    });
    expect(readAsked(question)?.lines.map(({ label }) => label)).toEqual(["command", "program", "in", "on", "as user"]);
    expect([readAsked({}), readAsked({ id: "x" })?.argv]).toEqual([undefined, undefined]);
  });

  test("are told aloud when they come, and leave when they end", () => {
    approvals.watchApprovals();
    handlers.get("exec.approval.requested")?.(question);
    handlers.get("exec.approval.requested")?.(question);
    expect(approvals.waiting.value).toHaveLength(1);
    expect(announcement.value).toContain("Alt A");
    handlers.get("exec.approval.resolved")?.({ id: ID, outcome: "expired", ts: 5 });
    expect(approvals.waiting.value).toEqual([]);
    expect(ended.decided.value).toMatchObject([{ id: ID, outcome: "expired", at: 5, asked: { command: "ls -l" } }]);
  });

  test("a decision goes on to the next question, and closes after the last", async () => {
    const left = [question, second];
    answers.set("exec.approval.list", () => left);
    answers.set("exec.approval.resolve", ({ id }) => {
      // The event comes before the answer.
      handlers.get("exec.approval.resolved")?.({ id, outcome: "deny" });
      expect(approvals.shown.value?.id).toBe(id);
      left.splice(left.findIndex((one) => one.id === id), 1);
      return { ok: true };
    });
    approvals.watchApprovals();
    await approvals.refreshApprovals();
    approvals.review();
    expect([overlay.value, approvals.shownId.value]).toEqual(["approval", ID]);
    const [one, two] = approvals.waiting.value;
    if (!one || !two) throw new Error("two questions were told");
    await approvals.decide(one, "deny");
    expect(approvals.shownId.value).toBe("second-question");
    await approvals.decide(two, "allow-once");
    expect([overlay.value, approvals.shownId.value, approvals.waiting.value]).toEqual([undefined, undefined, []]);
    expect(calls("exec.approval.resolve")).toEqual([{ id: ID, decision: "deny" }, { id: "second-question", decision: "allow-once" }]);
  });

  test("a decision that did not count is told, and what waits is asked for again", async () => {
    await approvals.refreshApprovals();
    approvals.review();
    const [one] = approvals.waiting.value;
    if (!one) throw new Error("a question was told");
    await expect(approvals.decide(one, "allow-once")).rejects.toThrow("exec.approval.resolve is not allowed");
    expect([overlay.value, calls("exec.approval.list").length]).toEqual(["approval", 2]);
  });

  test("one sheet at a time: nothing opens over another", () => {
    overlay.value = "rename";
    approvals.waiting.value = [readAsked(question)].filter((one) => one !== undefined);
    approvals.review();
    expect(overlay.value).toBe("rename");
    overlay.value = undefined;
  });

  test("the steps between questions end at both ends", async () => {
    answers.set("exec.approval.list", () => [question, second]);
    await approvals.refreshApprovals();
    approvals.review();
    approvals.step(-1);
    expect(approvals.shownId.value).toBe(ID);
    approvals.step(1);
    approvals.step(1);
    expect(approvals.shownId.value).toBe("second-question");
  });

  test("the run that waits is named, so that its card in the conversation can lead here", () => {
    expect(readAsked(question)?.runId).toBe("run-1");
  });
});

describe("what was decided", () => {
  const row = (id: string, more = {}) => ({ ...question, id, outcome: "deny", resolvedBy: "owner", endedAtMs: 7, ...more });
  const ids = () => ended.decided.value?.map(({ id }) => id);

  test("the wire's own example is read without a loss", async () => {
    answers.set("exec.approval.history", () => golden("exec.approval.history.result"));
    await ended.refreshDecided();
    expect(ended.decided.value).toMatchObject([{ outcome: "allow-once", by: "device:a1b2", at: 1_769_248_810_000, usedAt: 1_769_248_811_000, asked: { argv: ["ls", "-l"] } }]);
    expect(ended.hasOlder()).toBe(true);
  });

  test("comes from the gateway, with who and when and whether it ran", async () => {
    answers.set("exec.approval.history", () => ({ ended: [row("a", { outcome: "allow-once", usedAtMs: 9 }), row("b", { resolvedBy: null }), { id: "c" }] }));
    await ended.refreshDecided();
    expect(ended.decided.value).toMatchObject([
      { id: "a", outcome: "allow-once", by: "owner", at: 7, usedAt: 9, asked: { command: "ls -l" } },
      { id: "b", outcome: "deny", by: undefined, at: 7, usedAt: undefined },
    ]);
    expect([ids(), ended.hasOlder()]).toEqual([["a", "b"], false]);
  });

  test("is loaded page by page, and a fresh first page keeps the older ones", async () => {
    answers.set("exec.approval.history", ({ before }) => (before ? { ended: [row("c")] } : { ended: [row("a"), row("b")], nextBefore: "b" }));
    await ended.refreshDecided();
    expect(ended.hasOlder()).toBe(true);
    await ended.loadOlderDecided();
    expect([ids(), ended.hasOlder()]).toEqual([["a", "b", "c"], false]);
    answers.set("exec.approval.history", () => ({ ended: [row("new"), row("a"), row("b")], nextBefore: "b" }));
    await ended.refreshDecided();
    expect([ids(), ended.hasOlder()]).toEqual([["new", "a", "b", "c"], false]);
    // So much ended meanwhile that the first page no longer reaches what is known.
    answers.set("exec.approval.history", () => ({ ended: [row("x"), row("y")], nextBefore: "y" }));
    await ended.refreshDecided();
    expect([ids(), ended.hasOlder()]).toEqual([["x", "y"], true]);
    expect(calls("exec.approval.history")).toEqual([{ limit: 20 }, { limit: 20, before: "b" }, { limit: 20 }, { limit: 20 }]);
  });

  test("a question that ended while nobody could tell shows its end in the sheet", async () => {
    await approvals.refreshApprovals();
    approvals.review();
    answers.set("exec.approval.list", () => []).set("exec.approval.history", () => ({ ended: [row(ID, { outcome: "expired" })] }));
    await approvals.refreshApprovals();
    expect([approvals.shownId.value, ids()]).toEqual([ID, [ID]]);
  });

  test("why it is not told is said", async () => {
    await ended.refreshDecided();
    expect([ended.decided.value, ended.decidedFailure.value]).toEqual([undefined, "exec.approval.history is not allowed"]);
  });
});

describe("the rules", () => {
  const told = golden("exec.approvals.get.result") as { hash: string; file: { agents: Record<string, object> } };

  beforeEach(async () => {
    answers.set("exec.approvals.get", () => told).set("agents.list", () => golden("agents.list.result"));
    await rules.refreshPolicy();
    asked.length = 0;
  });

  test("are listed for all agents, for each that there is, and for each that the file names", () => {
    expect(rules.ruled.value).toEqual(["", "main", "work", "*"]);
    expect([rules.agentName("main"), rules.agentName("work")]).toEqual(["Ana", undefined]);
  });

  test("are set with the hash of those that were shown, and taken as the gateway answers", async () => {
    answers.set("exec.approvals.set", ({ file }) => ({ ...told, hash: "next", file }));
    await change.saveRules(rules.gatewayRules, "work", { ask: "off" });
    expect(calls("exec.approvals.set")).toEqual([{ file: { ...told.file, agents: { ...told.file.agents, work: { ask: "off" } } }, baseHash: told.hash }]);
    expect([rules.policy.value?.hash, notices]).toEqual(["next", ["The rules were changed."]]);
  });

  test("of somebody who was quicker are loaded, and a second try goes on from them", async () => {
    const theirs = { ...told, hash: "theirs", file: { version: 1, agents: { main: { ask: "always" } } } };
    answers.set("exec.approvals.get", () => theirs);
    await expect(change.saveRules(rules.gatewayRules, "work", { ask: "off" })).rejects.toThrow("somebody changed the rules meanwhile");
    expect(rules.policy.value?.hash).toBe("theirs");
    answers.set("exec.approvals.set", ({ file }) => ({ ...theirs, hash: "ours", file }));
    await change.saveRules(rules.gatewayRules, "work", { ask: "off" });
    expect(calls("exec.approvals.set")[1]).toEqual({ file: { version: 1, agents: { main: { ask: "always" }, work: { ask: "off" } } }, baseHash: "theirs" });
  });

  test("a refusal that is no conflict is told as it is", async () => {
    await expect(change.saveRules(rules.gatewayRules, "work", { ask: "off" })).rejects.toThrow("exec.approvals.set is not allowed");
  });

  test("an entry that somebody else took back meanwhile is told as gone", async () => {
    const entry = rules.policy.value?.agents[0]?.remembered[0];
    if (!entry) throw new Error("the example has an entry");
    answers.set("exec.approvals.get", () => ({ ...told, hash: "theirs", file: { version: 1 } }));
    await expect(change.forget(rules.gatewayRules, entry)).rejects.toThrow("somebody else has already taken it back");
    answers.set("exec.approvals.get", () => ({ ...told, hash: "others" }));
    await expect(change.forget(rules.gatewayRules, entry)).rejects.toThrow("this is still allowed");
  });
});

describe("the rules that a node keeps", () => {
  const told = golden("exec.approvals.node.get.result") as { hash: string; file: { agents: object } };

  test("are asked of that node, set with the hash that was shown, and a refusal is told", async () => {
    answers.set("exec.approvals.node.get", () => told).set("exec.approvals.node.set", ({ file }) => ({ ...told, hash: "next", file }));
    const kept = rulesOfNode("n1");
    await kept.refresh();
    expect([calls("exec.approvals.node.get"), kept.policy.value?.hash]).toEqual([[{ nodeId: "n1" }], told.hash]);
    await change.saveRules(kept, "work", { security: "deny" });
    const file = { ...told.file, agents: { ...told.file.agents, work: { security: "deny" } } };
    expect(calls("exec.approvals.node.set")).toEqual([{ nodeId: "n1", file, baseHash: told.hash }]);
    expect([kept.policy.value?.hash, calls("exec.approvals.set")]).toEqual(["next", []]);
    answers.delete("exec.approvals.node.get");
    await kept.refresh();
    expect([kept.failure.value, kept.policy.value?.hash]).toEqual(["exec.approvals.node.get is not allowed", "next"]);
  });
});

describe("commands that were sent from this page", () => {
  const node = { nodeId: "n", caps: [], commands: [], blocked: [], unapproved: [], permissions: [], connected: true, paired: true, waiting: 0 };
  const sent = { command: "system.which", params: { bins: ["git"] }, timeoutMs: 5_000, queue: false };

  test("are remembered with what came of them, newest first, twenty of them", async () => {
    answers.set("node.invoke", () => ({ payload: { bins: {} } })).set("node.list", () => ({ nodes: [] })).set("node.pending.list", () => ({ pending: [] }));
    const done = await invocations.send(node, sent);
    expect(done.outcome).toEqual({ kind: "done", payload: { bins: {} } });
    answers.set("node.invoke", () => ({ payload: null, queued: { id: "q", nodeId: "n" } }));
    expect((await invocations.send(node, { ...sent, queue: true })).outcome).toEqual({ kind: "queued" });
    answers.delete("node.invoke");
    expect((await invocations.send({ ...node, nodeId: "m" }, sent)).outcome).toEqual({ kind: "failed", reason: "It was not done: node.invoke is not allowed" });
    expect(invocations.sentTo(node).map(({ outcome }) => outcome.kind)).toEqual(["queued", "done"]);
    for (let more = 0; more < 20; more++) await invocations.send(node, sent);
    expect(invocations.invocations.value).toHaveLength(20);
  });
});
