import type { SocketLike } from "../../clients/ts/src/runtime/link.ts";

type Listener = (event: never) => void;

/** A socket whose other end is the test. */
export class FakeSocket implements SocketLike {
  readonly sent: { id: string; method: string; params: Record<string, unknown> }[] = [];
  closed: number | undefined;
  readonly #listeners: { message: Listener[]; close: Listener[] } = { message: [], close: [] };

  addEventListener(type: "message" | "close", listener: Listener): void {
    this.#listeners[type].push(listener);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code?: number): void {
    this.closed = code;
  }

  says(frame: unknown): void {
    const event = { data: JSON.stringify(frame) } as never;
    for (const listener of this.#listeners.message) listener(event);
  }

  ends(code: number, reason = ""): void {
    for (const listener of this.#listeners.close) listener({ code, reason } as never);
  }

  challenge(): void {
    this.says({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: 1 } });
  }

  event(event: string, seq: number, payload: unknown = {}): void {
    this.says({ type: "event", event, payload, seq });
  }

  answer(payload: unknown, index = -1): void {
    this.says({ type: "res", id: this.sent.at(index)?.id, ok: true, payload });
  }

  refuse(error: Record<string, unknown>): void {
    this.says({ type: "res", id: this.sent.at(-1)?.id, ok: false, error });
  }
}

export const hello = {
  type: "hello-ok",
  protocol: 4,
  server: { version: "1", connId: "c" },
  features: { methods: ["chat.send"], events: [] },
  snapshot: { presence: [], health: {}, uptimeMs: 5 },
  auth: { deviceToken: "device-token", role: "operator", scopes: [] },
  policy: { tickIntervalMs: 1_000, maxPayload: 9 },
};
