import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Connection, ConnectionLost, type ConnectionState, DeviceIdentity, memoryVault } from "@tidegate/client";
import { FakeSocket, hello } from "./fake-socket.ts";

const sockets: FakeSocket[] = [];
const states: ConnectionState[] = [];
const gaps: unknown[] = [];
const vault = memoryVault();
let identity: DeviceIdentity;
let connection: Connection;

const newest = (): FakeSocket => sockets.at(-1)!;
const name = (): string => connection.state.name;
const sentCount = (socket: FakeSocket, count: number): Promise<void> =>
  vi.waitFor(() => expect(socket.sent.length).toBe(count));

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  sockets.length = states.length = gaps.length = 0;
  vi.stubGlobal("navigator", { language: "en", userAgent: "test" });
  identity = await DeviceIdentity.load(vault);
  connection = new Connection({
    url: "ws://own",
    identity,
    instanceId: "w",
    onState: (state) => states.push(state),
    onGap: (gap) => gaps.push(gap),
    random: () => 0.5,
    dial: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
  });
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

async function greet(): Promise<void> {
  newest().challenge();
  await sentCount(newest(), 1);
  newest().answer(hello);
  await vi.waitFor(() => expect(name()).toBe("ready"));
}

describe("a connection", () => {
  test("goes from connecting to ready and keeps the device token", async () => {
    connection.connect({ kind: "code", code: "once" });
    expect(name()).toBe("connecting");
    await greet();
    expect(newest().sent[0]?.params.auth).toEqual({ bootstrapToken: "once" });
    expect(await identity.token()).toBe("device-token");
  });

  test("comes back after a loss, with the device token instead of the used code", async () => {
    connection.connect({ kind: "code", code: "once" });
    await greet();
    newest().ends(1006);
    expect(connection.state).toMatchObject({ name: "waiting", reason: "lost" });
    vi.advanceTimersByTime(800);
    expect(sockets).toHaveLength(2);
    newest().challenge();
    await sentCount(newest(), 1);
    expect(newest().sent[0]?.params.auth).toEqual({ deviceToken: "device-token" });
  });

  test("names a restart when the gateway announced it", async () => {
    connection.connect({ kind: "none" });
    await greet();
    newest().event("shutdown", 1, { reason: "restart", restartExpectedMs: 500 });
    newest().ends(1012, "service restart");
    expect(connection.state).toMatchObject({ name: "waiting", reason: "restarting" });
  });

  test("stays away after a refusal and drops a stale device token", async () => {
    await identity.keepToken("old");
    connection.connect({ kind: "device", token: "old" });
    newest().challenge();
    await sentCount(newest(), 1);
    newest().refuse({
      code: "INVALID_REQUEST",
      message: "device token mismatch",
      details: { code: "AUTH_DEVICE_TOKEN_MISMATCH" },
    });
    await vi.waitFor(() => expect(name()).toBe("refused"));
    expect(connection.state).toMatchObject({ code: "AUTH_DEVICE_TOKEN_MISMATCH" });
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    await vi.waitFor(async () => expect(await identity.token()).toBeUndefined());
  });

  test("waits for a gateway that is not up yet, whatever it was shown", async () => {
    connection.connect({ kind: "code", code: "once" });
    newest().challenge();
    await sentCount(newest(), 1);
    newest().refuse({ code: "UNAVAILABLE", message: "starting", retryable: true, retryAfterMs: 5_000 });
    await vi.waitFor(() => expect(name()).toBe("waiting"));
    vi.advanceTimersByTime(4_500);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
  });

  test("uses the token that another window was given meanwhile", async () => {
    connection.connect({ kind: "device", token: "first" });
    await identity.keepToken("second");
    newest().challenge();
    await sentCount(newest(), 1);
    expect(newest().sent[0]?.params.auth).toEqual({ deviceToken: "second" });
  });

  test("ends a silent socket after two tick intervals", async () => {
    connection.connect({ kind: "none" });
    await greet();
    vi.advanceTimersByTime(1_500);
    newest().event("tick", 1);
    vi.advanceTimersByTime(1_999);
    expect(name()).toBe("ready");
    vi.advanceTimersByTime(1);
    expect(newest().closed).toBe(4000);
    expect(connection.state).toMatchObject({ name: "waiting", reason: "silent" });
  });

  test("tells a hole in the event numbers after delivering the event", async () => {
    const seen: unknown[] = [];
    connection.on("chat", (payload) => seen.push(payload));
    connection.connect({ kind: "none" });
    await greet();
    newest().event("chat", 1, "a");
    newest().event("chat", 4, "b");
    expect(seen).toEqual(["a", "b"]);
    expect(gaps).toEqual([{ expected: 2, received: 4 }]);
  });

  test("counts anew on a new socket", async () => {
    connection.connect({ kind: "none" });
    await greet();
    newest().event("tick", 1);
    newest().ends(1006);
    vi.advanceTimersByTime(800);
    await greet();
    newest().event("tick", 40);
    expect(gaps).toEqual([]);
  });

  test("rejects calls that lost their socket", async () => {
    connection.connect({ kind: "none" });
    await greet();
    const call = connection.call("health", {});
    newest().ends(1006);
    await expect(call).rejects.toBeInstanceOf(ConnectionLost);
    await expect(connection.call("health", {})).rejects.toBeInstanceOf(ConnectionLost);
  });
});
