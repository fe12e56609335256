import type { EventMap, EventName, MethodMap, MethodName } from "../generated.ts";
import { backoffDelay } from "./backoff.ts";
import { mayReconnect } from "./close.ts";
import { ConnectionLost, type GatewayError } from "./errors.ts";
import { type Credential, connectParams } from "./handshake.ts";
import type { Hello } from "./hello.ts";
import type { DeviceIdentity } from "./identity.ts";
import { CLOSE_TICK_TIMEOUT, type GapNotice, Link, type SocketLike } from "./link.ts";
import type { ConnectionState, RefusalState, WaitReason } from "./state.ts";

export type { GapNotice } from "./link.ts";

export interface ConnectionOptions {
  url: string;
  identity: DeviceIdentity;
  /** Survives reconnects of this window, so that presence shows one entry for it. */
  instanceId: string;
  onState: (state: ConnectionState) => void;
  onGap: (notice: GapNotice) => void;
  dial?: (url: string) => SocketLike;
  random?: () => number;
}

type Handler = (payload: never) => void;

const STALE_TOKEN = /^AUTH_.*(MISMATCH|INVALID|MISSING|REVOKED|EXPIRED)$/;

/** Keeps one window connected to its gateway and says at every moment how that stands. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #handlers = new Map<string, Set<Handler>>();
  #state: ConnectionState = { name: "idle" };
  #link: Link | undefined;
  #credential: Credential = { kind: "none" };
  #refusal: RefusalState | { retryAfterMs: number } | undefined;
  #shutdownMs: number | undefined;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Starts, or starts anew with another credential. */
  connect(credential: Credential): void {
    this.#credential = credential;
    this.#attempt = 0;
    this.#dropLink("new credential");
    this.#dial();
  }

  /** Ends the wait for the next attempt, if one is running. */
  retryNow(): void {
    if (this.#state.name === "waiting") this.#dial();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#dropLink("page closed");
    this.#enter({ name: "idle" });
  }

  on<E extends EventName>(event: E, handler: (payload: EventMap[E]) => void): () => void {
    const handlers = this.#handlers.get(event) ?? new Set<Handler>();
    handlers.add(handler as Handler);
    this.#handlers.set(event, handlers);
    return () => void handlers.delete(handler as Handler);
  }

  call<M extends MethodName>(
    method: M,
    params: MethodMap[M]["params"],
  ): Promise<MethodMap[M]["result"]> {
    if (this.#state.name !== "ready" || !this.#link) return Promise.reject(new ConnectionLost());
    return this.#link.request(method, params) as Promise<MethodMap[M]["result"]>;
  }

  #dial(): void {
    clearTimeout(this.#timer);
    this.#refusal = undefined;
    this.#shutdownMs = undefined;
    this.#enter({ name: "connecting" });
    const { dial = (url: string): SocketLike => new WebSocket(url), identity } = this.#options;
    const link: Link = new Link(dial(this.#options.url), {
      introduce: async (challenge) => {
        await this.#takeNewestToken();
        return connectParams(identity, challenge, this.#credential, this.#options.instanceId);
      },
      ready: (hello) => void this.#ready(link, hello),
      refused: (error) => this.#refused(error),
      event: (name, payload) => this.#event(name, payload),
      gap: (notice) => this.#options.onGap(notice),
      closed: (code, reason) => {
        if (this.#link === link) this.#closed(code, reason);
      },
    });
    this.#link = link;
  }

  /** Another window of this browser may have been given a newer token meanwhile. */
  async #takeNewestToken(): Promise<void> {
    if (this.#credential.kind !== "device") return;
    const token = await this.#options.identity.token().catch(() => undefined);
    if (token) this.#credential = { kind: "device", token };
  }

  async #ready(link: Link, hello: Hello): Promise<void> {
    if (hello.deviceToken) {
      await this.#options.identity.keepToken(hello.deviceToken).catch(() => undefined);
      this.#credential = { kind: "device", token: hello.deviceToken };
    }
    if (this.#link !== link) return;
    this.#attempt = 0;
    this.#enter({ name: "ready", hello });
  }

  #refused(error: GatewayError): void {
    const { code, detailsCode, message, details, retryable, retryAfterMs } = error.shape;
    const name = detailsCode ?? code;
    // A known device waits out a pause by itself; a person who pasted something should know of it.
    const limited = name === "AUTH_RATE_LIMITED";
    const mayWait = limited ? this.#credential.kind === "device" : retryable || code === "UNAVAILABLE";
    if (mayWait) {
      this.#refusal = { retryAfterMs: retryAfterMs ?? 0 };
      return;
    }
    if (this.#credential.kind === "device" && STALE_TOKEN.test(name)) {
      this.#credential = { kind: "none" };
      this.#options.identity.dropToken().catch(() => undefined);
    }
    const requestId = typeof details.requestId === "string" ? details.requestId : undefined;
    this.#refusal = { name: "refused", code: name, text: message, requestId };
  }

  #event(name: string, payload: unknown): void {
    if (name === "shutdown") this.#shutdownMs = restartHint(payload);
    for (const handler of this.#handlers.get(name) ?? []) (handler as (p: unknown) => void)(payload);
  }

  #closed(code: number, reason: string): void {
    const wasReady = this.#state.name === "ready";
    const refusal = this.#refusal;
    this.#link = undefined;
    if (refusal && "name" in refusal) return this.#enter(refusal);
    if (refusal) return this.#wait("limited", refusal.retryAfterMs);
    if (!mayReconnect(code, reason, wasReady)) {
      return this.#enter({ name: "refused", code: `CLOSE_${code}`, text: reason });
    }
    this.#wait(this.#reason(code, wasReady), 0);
  }

  #reason(code: number, wasReady: boolean): WaitReason {
    if (this.#shutdownMs !== undefined || code === 1012 || code === 1013) return "restarting";
    if (!wasReady) return "unreachable";
    return code === CLOSE_TICK_TIMEOUT ? "silent" : "lost";
  }

  #wait(reason: WaitReason, atLeastMs: number): void {
    const delay = Math.max(atLeastMs, backoffDelay(this.#attempt, this.#options.random));
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#dial(), delay);
    this.#enter({ name: "waiting", retryAtMs: Date.now() + delay, reason });
  }

  #dropLink(reason: string): void {
    const link = this.#link;
    this.#link = undefined;
    link?.close(1000, reason);
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function restartHint(payload: unknown): number {
  const hint = (payload as { restartExpectedMs?: unknown } | undefined)?.restartExpectedMs;
  return typeof hint === "number" ? hint : 0;
}
