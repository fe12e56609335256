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
const store = new Map<string, string>();

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
vi.mock("../src/state/storage.ts", () => ({
  browser: "browser",
  recall: (_: unknown, name: string, fallback: unknown) => JSON.parse(store.get(name) ?? JSON.stringify(fallback)),
  keep: (_: unknown, name: string, value: unknown) => void store.set(name, JSON.stringify(value)),
}));

const devices = await import("../src/state/devices.ts");
const approvals = await import("../src/state/approvals.ts");
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
  store.clear();
  answers.set("device.pair.list", () => ({ pending: [request], paired: [] }));
  answers.set("exec.approval.list", () => [question]);
  devices.waiting.value = [];
  approvals.waiting.value = [];
  approvals.decided.value = [];
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
    expect(approvals.decided.value).toMatchObject([{ id: ID, outcome: "expired", at: 5, asked: { command: "ls -l" } }]);
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

  test("what was seen is asked for again later; what the gateway forgot is left out", async () => {
    answers.set("exec.approval.list", () => [question, second]);
    await approvals.refreshApprovals();
    answers.set("exec.approval.list", () => [second]);
    answers.set("exec.approval.get", () => golden("exec.approval.get.result"));
    await approvals.refreshApprovals();
    await approvals.refreshDecided();
    expect(calls("exec.approval.get")).toEqual([{ id: ID }]);
    expect(approvals.decided.value).toMatchObject([{ id: ID, outcome: "deny", by: "owner" }]);
    answers.set("exec.approval.get", () => ({ ...golden("exec.approval.get.result"), outcome: null }));
    await approvals.refreshDecided();
    expect(approvals.decided.value).toEqual([]);
  });

  test("this browser remembers twenty of them", async () => {
    answers.set("exec.approval.list", () => Array.from({ length: 25 }, (_, index) => ({ ...question, id: `q-${index}` })));
    await approvals.refreshApprovals();
    expect(JSON.parse(store.get("approvals") ?? "[]")).toHaveLength(20);
  });
});
