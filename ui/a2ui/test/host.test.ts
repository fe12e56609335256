import { describe, expect, test, vi } from "vitest";
import { Frame } from "../src/host/frame.ts";
import { offer } from "../src/host/globals.ts";
import { Native } from "../src/host/native.ts";
import type { Said } from "../src/host/words.ts";
import { Session } from "../src/session.ts";
import { drawn, find, surface09 } from "./fixtures.ts";

const userAction = { id: "1", name: "go", surfaceId: "s", sourceComponentId: "b", timestamp: "t", context: {} };
const action: Said = { kind: "action", message: { userAction } };
const NONCE = "0123456789abcdef0123";
const BUTTON = [{ id: "root", component: "Button", child: "t", action: { event: { name: "go" } } }, { id: "t", component: "Text", text: "Go" }];

describe("apps around a web view", () => {
  test.each(["clawdbot", "openclaw", "coderclaw", "tidegate"])("the iOS handler of %s gets the object, Android's the text", (family) => {
    const postMessage = vi.fn();
    const name = `${family}CanvasA2UIAction`;
    expect(new Native({ webkit: { messageHandlers: { [name]: { postMessage } } } }).tell(action)).toBe(true);
    expect(new Native({ [name]: { postMessage } }).tell(action)).toBe(true);
    expect(postMessage.mock.calls).toEqual([[{ userAction }], [JSON.stringify({ userAction })]]);
  });

  test("an action arrives once, whatever handlers there are", () => {
    const postMessage = vi.fn();
    const world = { openclawCanvasA2UIAction: { postMessage }, clawdbotCanvasA2UIAction: { postMessage } };
    new Native(world).tell(action);
    expect(postMessage).toHaveBeenCalledTimes(1);
  });

  test("they are told actions and nothing else; a binding is told everything", () => {
    const postMessage = vi.fn();
    const binding = vi.fn();
    expect(new Native({ clawdbotCanvasA2UIAction: { postMessage } }).tell({ kind: "ready" })).toBe(false);
    expect(postMessage).not.toHaveBeenCalled();
    const world = new Native({ tidegateCanvasA2UIAction: binding });
    for (const said of [{ kind: "ready" }, action, { kind: "openUrl", url: "https://example.org/" }] satisfies Said[]) world.tell(said);
    expect(binding.mock.calls.map(([text]) => JSON.parse(text))).toEqual([{ ready: { protocol: 1 } }, { userAction }, { openUrl: "https://example.org/" }]);
  });

  test("no handler, or one that throws, has not heard", () => {
    const session = new Session("en");
    session.listen(new Native({ clawdbotCanvasA2UIAction: { postMessage: () => { throw new Error("gone"); } } }));
    session.apply(surface09(BUTTON));
    pressIn(session, true);
    expect(session.progress.value).toMatchObject({ phase: "failed", error: "no host is listening" });
  });
});

describe("the page around the frame", () => {
  test("opens with a nonce, and is answered with it, at its own origin", () => {
    const { parent, hear, session } = framed();
    hear({ type: "a2ui.open", nonce: NONCE, seq: 1, messages: surface09(BUTTON), theme: "dark" });
    expect(session.surfaces()).toEqual(["demo"]);
    expect(session.shownTheme.value).toBe("dark");
    expect(parent.postMessage).toHaveBeenLastCalledWith({ type: "a2ui.applied", seq: 1, outcome: { ok: true, surfaces: ["demo"] }, nonce: NONCE }, "https://gate.example");
    pressIn(session, true);
    expect(parent.postMessage).toHaveBeenLastCalledWith(expect.objectContaining({ type: "a2ui.action", nonce: NONCE, userAction: expect.objectContaining({ name: "go" }) }), "https://gate.example");
  });

  test("is not listened to without the nonce, with another, from another window or from another origin", () => {
    const { parent, hear, session } = framed();
    hear({ type: "a2ui.apply", messages: surface09(BUTTON) });
    hear({ type: "a2ui.open", nonce: "short", messages: surface09(BUTTON) });
    expect(session.surfaces()).toEqual([]);
    hear({ type: "a2ui.open", nonce: NONCE, messages: [] });
    for (const message of [{ type: "a2ui.apply", messages: surface09(BUTTON) }, { type: "a2ui.open", nonce: `${NONCE}!`, messages: surface09(BUTTON) }, "a2ui.apply", null]) hear(message);
    hear({ type: "a2ui.apply", nonce: NONCE, messages: surface09(BUTTON) }, { source: {} });
    hear({ type: "a2ui.apply", nonce: NONCE, messages: surface09(BUTTON) }, { origin: "https://evil.example" });
    expect(session.surfaces()).toEqual([]);
    expect(parent.postMessage).toHaveBeenCalledTimes(1);
    hear({ type: "a2ui.apply", nonce: NONCE, messages: surface09(BUTTON) });
    expect(session.surfaces()).toEqual(["demo"]);
  });

  test("hears nothing but that the page is there before it opened", () => {
    const { parent, session } = framed();
    session.apply(surface09(BUTTON));
    session.begin();
    pressIn(session, true);
    expect(parent.postMessage.mock.calls).toEqual([[{ type: "a2ui.ready", protocol: 1 }, "*"]]);
  });

  test("a page that is not framed talks to no one, itself included", () => {
    const listeners: string[] = [];
    const alone = { addEventListener: (name: string) => listeners.push(name), postMessage: vi.fn() } as unknown as Window & { parent: Window };
    alone.parent = alone;
    expect(new Frame(alone, new Session("en")).tell({ kind: "ready" })).toBe(false);
    expect(listeners).toEqual([]);
  });
});

test("a press that no person made sends nothing", () => {
  const session = new Session("en");
  const tell = vi.fn(() => true);
  session.listen({ tell });
  session.apply(surface09(BUTTON));
  pressIn(session, false);
  expect(tell).not.toHaveBeenCalled();
  pressIn(session, true);
  expect(tell).toHaveBeenCalledTimes(1);
});

test("the user sees what becomes of an action", () => {
  const session = new Session("en");
  let sent = "";
  session.listen({ tell: (said) => { if (said.kind === "action") sent = said.message.userAction.id; return true; } });
  session.apply(surface09(BUTTON));
  pressIn(session, true);
  expect(session.progress.value).toMatchObject({ name: "go", phase: "sending" });
  session.status({ id: "another", ok: false, error: "x" });
  expect(session.progress.value?.phase).toBe("sending");
  session.status({ id: sent, ok: true });
  expect(session.progress.value?.phase).toBe("working");
  session.apply({ version: "v0.9", updateDataModel: { surfaceId: "demo", path: "/a", value: 1 } });
  expect(session.progress.value).toBeUndefined();
  pressIn(session, true);
  session.status({ id: sent, ok: false, error: "not connected" });
  expect(session.progress.value).toMatchObject({ phase: "failed", error: "not connected" });
});

test("node hosts drive the page by every name of the family, and the status event of each is heard", () => {
  const session = new Session("en");
  const events = new EventTarget();
  const world = events as unknown as Window & Record<string, { applyMessages(messages: unknown): unknown; reset(): unknown; getSurfaces(): string[] }>;
  offer(world, session);
  for (const name of ["tidegateA2UI", "openclawA2UI", "clawdbotA2UI", "coderclawA2UI"]) {
    const driver = world[name];
    expect(driver?.applyMessages(surface09(BUTTON))).toEqual({ ok: true, surfaces: ["demo"] });
    expect(driver?.getSurfaces()).toEqual(["demo"]);
    expect(driver?.reset()).toEqual({ ok: true, surfaces: [] });
  }
  session.progress.value = { id: "7", name: "go", phase: "sending", error: "" };
  events.dispatchEvent(new CustomEvent("clawdbot:a2ui-action-status", { detail: { id: "7", ok: true } }));
  expect(session.progress.value?.phase).toBe("working");
  for (const detail of [undefined, 7, { id: 7 }]) events.dispatchEvent(new CustomEvent("openclaw:a2ui-action-status", { detail }));
  expect(session.progress.value?.phase).toBe("working");
});

test("a problem is told once, and again after a reset", () => {
  const session = new Session("en");
  const tell = vi.fn(() => true);
  session.listen({ tell });
  for (let time = 0; time < 3; time++) session.report("RENDER_FAILED", "odd", "demo");
  expect(tell.mock.calls).toEqual([[{ kind: "error", message: { error: { code: "RENDER_FAILED", message: "odd", surfaceId: "demo" } } }]]);
  session.reset();
  session.report("RENDER_FAILED", "odd", "demo");
  expect(tell).toHaveBeenCalledTimes(2);
});

function framed() {
  let listener = (_event: object) => {};
  const parent = { postMessage: vi.fn() };
  const window = { parent, addEventListener: (_name: string, heard: typeof listener) => { listener = heard; } } as unknown as Window;
  const session = new Session("en");
  session.listen(new Frame(window, session));
  const hear = (data: unknown, more: object = {}) => listener({ source: parent, origin: "https://gate.example", data, ...more });
  return { parent, session, hear };
}

function pressIn(session: Session, trusted: boolean): void {
  const button = find(drawn(session.stage).root, "root");
  if (button?.type !== "Button") throw new Error("no button");
  session.press("demo", button, trusted);
}
