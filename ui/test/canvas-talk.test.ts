import { describe, expect, it, vi } from "vitest";
import { type Host, Talk } from "../src/canvas/talk.ts";

interface Word {
  type: string;
  nonce?: string;
  messages?: unknown[];
  id?: string;
  ok?: boolean;
  error?: string;
}

class Frame {
  readonly heard: Word[] = [];
  readonly contentWindow = { postMessage: (word: Word) => this.heard.push(word) } as unknown as Window;

  last(type: string): Word | undefined {
    return this.heard.findLast((word) => word.type === type);
  }
}

const ACTION = { id: "a1", name: "close", surfaceId: "gate", context: { by: "Ada" } };

function scene({ gesture = async () => true, act = vi.fn(async () => undefined) as Host["act"], messages = async () => [1] as unknown[] } = {}) {
  const frame = new Frame();
  const leave = vi.fn();
  const arrived = vi.fn();
  let now = 0;
  const host: Host = { arrived, messages, act, leave, theme: () => "dark" };
  const talk = new Talk(frame, host, gesture, () => now);
  const say = (data: unknown, more: Partial<MessageEvent> = {}) =>
    talk.hear({ source: frame.contentWindow, origin: "null", data, ...more });
  return { frame, talk, host, say, leave, arrived, wait: (ms: number) => (now += ms) };
}

async function opened(options = {}) {
  const all = scene(options);
  all.say({ type: "canvas.ready" });
  const nonce = all.frame.last("canvas.open")!.nonce!;
  return { ...all, nonce };
}

/** Until everything that was promised is done. */
const rest = () => new Promise((done) => setTimeout(done));

describe("the talk with a canvas", () => {
  it("greets each page with a nonce of its own and fills its surfaces", async () => {
    const { frame, say, arrived } = scene();
    say({ type: "a2ui.ready", protocol: 1 });
    await vi.waitFor(() => expect(frame.last("a2ui.open")).toBeDefined());
    const first = frame.last("a2ui.open")!;
    expect(first).toMatchObject({ messages: [1], theme: "dark" });
    expect(first.nonce).toMatch(/^[0-9a-f]{32}$/);
    say({ type: "a2ui.ready", protocol: 1 });
    await vi.waitFor(() => expect(frame.heard).toHaveLength(2));
    expect(frame.heard[1]!.nonce).not.toBe(first.nonce);
    expect(arrived).toHaveBeenCalledTimes(2);
  });

  it("listens to the frame's own window, without an origin, and to nobody else", async () => {
    const { say, nonce, host } = await opened();
    const word = { type: "canvas.action", nonce, userAction: ACTION };
    say(word, { source: {} as Window });
    say(word, { source: null });
    say(word, { origin: "https://evil.example" });
    say({ ...word, nonce: "guessed-guessed-guessed" });
    say({ ...word, nonce: undefined });
    await rest();
    expect(host.act).not.toHaveBeenCalled();
    say(word);
    await rest();
    expect(host.act).toHaveBeenCalledWith(ACTION);
  });

  it("takes no action that nobody made by hand", async () => {
    let atWork = false;
    const { frame, say, nonce, host, wait } = await opened({ gesture: async () => atWork });
    const act = (id: string) => say({ type: "canvas.action", nonce, userAction: { ...ACTION, id } });
    act("1");
    await rest();
    expect(host.act).not.toHaveBeenCalled();
    expect(frame.last("a2ui.status")).toMatchObject({ id: "1", ok: false });
    atWork = true;
    act("2");
    act("3");
    await rest();
    act("4");
    await rest();
    expect(host.act).toHaveBeenCalledTimes(1);
    wait(300);
    act("5");
    await rest();
    expect(host.act).toHaveBeenCalledTimes(2);
    wait(300);
    say({ type: "canvas.action", nonce, userAction: { name: "", id: "6" } });
    say({ type: "canvas.action", nonce, userAction: "close" });
    say({ type: "canvas.action", nonce, userAction: { ...ACTION, name: "x".repeat(300) } });
    await rest();
    expect(host.act).toHaveBeenCalledTimes(2);
  });

  it("takes nothing of a page that is gone before it is certain who did it", async () => {
    let certain: (atWork: boolean) => void = () => undefined;
    const { frame, say, nonce, host, leave } = await opened({ gesture: () => new Promise((resolve) => { certain = resolve; }) });
    say({ type: "canvas.action", nonce, userAction: ACTION });
    say({ type: "canvas.ready" });
    certain(true);
    await rest();
    expect(host.act).not.toHaveBeenCalled();
    say({ type: "a2ui.openUrl", nonce: frame.last("canvas.open")!.nonce, url: "https://a.example/" });
    say({ type: "canvas.ready" });
    certain(true);
    await rest();
    expect(leave).not.toHaveBeenCalled();
  });

  it("tells the page what became of its action", async () => {
    const act = vi.fn(async () => { throw new Error("the agent is away"); });
    const { frame, say, nonce } = await opened({ act });
    say({ type: "a2ui.action", nonce, userAction: ACTION });
    await vi.waitFor(() => expect(frame.last("a2ui.status")).toBeDefined());
    expect(frame.last("a2ui.status")).toMatchObject({ id: "a1", ok: false, error: "the agent is away" });
  });

  it("leads out to https alone, and only by hand", async () => {
    let atWork = true;
    const { say, nonce, leave } = await opened({ gesture: async () => atWork });
    for (const url of ["javascript:alert(1)", "http://a.example/", "data:text/html,x", "", undefined]) {
      say({ type: "a2ui.openUrl", nonce, url });
    }
    atWork = false;
    say({ type: "a2ui.openUrl", nonce, url: "https://a.example/" });
    await rest();
    expect(leave).not.toHaveBeenCalled();
    atWork = true;
    say({ type: "a2ui.openUrl", nonce, url: "https://a.example/" });
    await rest();
    expect(leave).toHaveBeenCalledWith("https://a.example/");
  });

  it("asks again for what came while the surfaces were on their way", async () => {
    let answer: (messages: unknown[]) => void = () => undefined;
    const messages = vi.fn(() => new Promise<unknown[]>((resolve) => { answer = resolve; }));
    const { frame, say, talk } = scene({ messages });
    say({ type: "a2ui.ready" });
    talk.apply([2]);
    answer([1]);
    await vi.waitFor(() => expect(messages).toHaveBeenCalledTimes(2));
    expect(frame.last("a2ui.apply")).toBeUndefined();
    answer([1, 2]);
    await vi.waitFor(() => expect(frame.last("a2ui.open")).toMatchObject({ messages: [1, 2] }));
    talk.apply([3]);
    talk.reset();
    expect(frame.heard.slice(-2).map((word) => word.type)).toEqual(["a2ui.apply", "a2ui.reset"]);
  });
});
