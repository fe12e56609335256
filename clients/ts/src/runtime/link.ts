import { ConnectionLost, GatewayError } from "./errors.ts";
import { type EventFrame, parseFrame, readChallenge } from "./frames.ts";
import { type Hello, readHello } from "./hello.ts";
import { PendingRequests } from "./requests.ts";
import { SequenceTracker } from "./sequence.ts";
import { Watchdog } from "./watchdog.ts";

/** The part of WebSocket that is used here, so that tests can bring their own. */
export interface SocketLike {
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { code: number; reason: string }) => void,
  ): void;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface GapNotice {
  expected: number;
  received: number;
}

export interface LinkEvents {
  /** Builds the connect parameters for this challenge. */
  introduce(challenge: { nonce: string; ts: number }): Promise<Record<string, unknown>>;
  ready(hello: Hello): void;
  refused(error: GatewayError): void;
  event(name: string, payload: unknown): void;
  gap(notice: GapNotice): void;
  closed(code: number, reason: string): void;
}

const HANDSHAKE_MS = 20_000;
const REQUEST_MS = 60_000;
export const CLOSE_TICK_TIMEOUT = 4000;
const CLOSE_CONNECT_FAILED = 4008;

/** One socket from dial to close: handshake, requests, event numbers, silence watch. */
export class Link {
  readonly #socket: SocketLike;
  readonly #events: LinkEvents;
  readonly #pending = new PendingRequests();
  readonly #sequence = new SequenceTracker();
  readonly #watchdog = new Watchdog(() => this.#end(CLOSE_TICK_TIMEOUT, "tick timeout"));
  #introduced = false;
  #ended = false;

  constructor(socket: SocketLike, events: LinkEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.addEventListener("message", (message) => this.#receive(message.data));
    socket.addEventListener("close", (close) => this.#closed(close.code, close.reason));
    this.#watchdog.start(HANDSHAKE_MS);
  }

  request(method: string, params: unknown): Promise<unknown> {
    if (this.#ended) return Promise.reject(new ConnectionLost());
    const { id, answer } = this.#pending.open(REQUEST_MS);
    this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    return answer;
  }

  close(code: number, reason: string): void {
    this.#end(code, reason);
  }

  #receive(data: unknown): void {
    if (this.#ended || typeof data !== "string") return;
    this.#watchdog.feed();
    const frame = parseFrame(data);
    if (frame?.type === "res") this.#pending.settle(frame);
    else if (frame?.event === "connect.challenge") void this.#introduce(frame);
    else if (frame) this.#deliver(frame);
  }

  #deliver(frame: EventFrame): void {
    const hole = frame.seq === undefined ? undefined : this.#sequence.observe(frame.seq);
    this.#events.event(frame.event, frame.payload);
    if (hole) this.#events.gap(hole);
  }

  async #introduce(frame: EventFrame): Promise<void> {
    const challenge = readChallenge(frame.payload);
    if (!challenge || this.#introduced) return;
    this.#introduced = true;
    try {
      const params = await this.#events.introduce(challenge);
      const hello = readHello(await this.request("connect", params));
      if (this.#ended) return;
      this.#watchdog.start(hello.tickIntervalMs * 2);
      this.#events.ready(hello);
    } catch (error) {
      if (this.#ended) return;
      if (error instanceof GatewayError) this.#events.refused(error);
      this.#end(CLOSE_CONNECT_FAILED, "connect failed");
    }
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#socket.close(code, reason);
    this.#closed(code, reason);
  }

  #closed(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watchdog.stop();
    this.#pending.rejectAll();
    this.#events.closed(code, reason);
  }
}
