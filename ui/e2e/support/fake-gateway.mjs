const AT = Date.UTC(2026, 0, 5, 9, 30);
export const MAIN = "agent:main:main";
/** What is answered to a question that a test leaves open. */
export const SILENCE = Symbol("silence");

export function said(seq, role, text, more = {}) {
  const content = text === "" ? [] : [{ type: "text", text }];
  return { id: `m${seq}`, seq, role, content, timestamp: AT + seq * 1_000, ...more };
}

/**
 * A gateway inside the browser's socket, so that a test can lose answers, leave holes in the event
 * numbers, and say whatever a model might say. It tells only what a test wrote into it.
 */
export class FakeGateway {
  sessions = new Map([[MAIN, { messages: [] }]]);
  sends = [];
  calls = [];
  /** Answers of `chat.send` that get lost with the connection. */
  loseAnswers = 0;
  refuseWith;
  /** Whoever connects is closed again at once. */
  away = false;
  /** The run at work, as the history tells it. */
  activeRun;
  /** Answers of further methods: a function of the params each; [`SILENCE`] is none, ever. */
  answers = new Map();
  #socket;
  #seq = 0;

  async attach(context) {
    await context.routeWebSocket(/.*/, (socket) => this.#open(socket));
  }

  #open(socket) {
    if (this.away) return socket.close({});
    this.#socket = socket;
    this.#seq = 0;
    socket.onMessage((text) => this.#receive(socket, JSON.parse(text)));
    this.#say({ type: "event", event: "connect.challenge", payload: { nonce: "nonce", ts: Date.now() } });
  }

  #say(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  event(event, payload) {
    this.#seq += 1;
    this.#say({ type: "event", event, payload, seq: this.#seq });
  }

  /** Events that never arrive. */
  swallow(count) {
    this.#seq += count;
  }

  chat(runId, state, text, more = {}) {
    const message = { role: "assistant", content: [{ type: "text", text }], timestamp: Date.now() };
    this.event("chat", { runId, sessionKey: MAIN, seq: 1, state, ...(text ? { message } : {}), ...more });
  }

  drop(code = 1006, reason = "") {
    this.#socket.close(code === 1006 ? {} : { code, reason });
  }

  store(role, text, more) {
    const { messages } = this.sessions.get(MAIN);
    messages.push(said(messages.length + 1, role, text, more));
  }

  #receive(socket, { id, method, params }) {
    this.calls.push(method);
    const answer = this.#answer(method, params);
    if (answer === SILENCE) return undefined;
    if (answer === undefined) return socket.close({ code: 1012, reason: "service restart" });
    const frame = answer.error ? { ok: false, error: answer.error } : { ok: true, payload: answer };
    this.#say({ type: "res", id, ...frame });
    if (method === "connect" && answer.error) socket.close({ code: 1008, reason: answer.error.message });
  }

  #answer(method, params) {
    switch (method) {
      case "connect":
        return this.refuseWith ? { error: this.refuseWith } : hello();
      case "sessions.list":
        return { count: this.sessions.size, sessions: [...this.sessions].map(row) };
      case "chat.history":
        return this.#history(params);
      case "chat.send":
        this.sends.push(params);
        if (this.loseAnswers-- > 0) return undefined;
        return { runId: params.idempotencyKey, status: "started" };
      case "models.list":
        return { models: [{ id: "tide-1", name: "Tide 1", provider: "local" }] };
      case "health":
        return { ok: true, sessions: { count: 1 } };
      default:
        return this.answers.get(method)?.(params) ?? { ok: true };
    }
  }

  #history({ sessionKey, limit = 200, before }) {
    const messages = this.sessions.get(sessionKey)?.messages ?? [];
    const end = before === undefined ? messages.length : before - 1;
    const start = Math.max(0, end - limit);
    return {
      sessionKey,
      sessionId: "fake",
      messages: messages.slice(start, end),
      ...(start > 0 ? { nextBefore: start + 1 } : {}),
      ...(this.activeRun ? { activeRun: this.activeRun } : {}),
    };
  }
}

function row([key, { messages, ...more }]) {
  const title = messages[0]?.content[0]?.text;
  return { key, sessionId: "fake", updatedAt: AT, derivedTitle: title?.slice(0, 60), totalTokens: 0, ...more };
}

function hello() {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "0.0.0-test", connId: "connection-1" },
    features: { methods: [], events: [] },
    snapshot: {
      presence: [{ host: "harbour", mode: "gateway", reason: "self", ts: AT, text: "Gateway" }],
      health: { ok: true },
      uptimeMs: 1_000,
      sessionDefaults: { defaultAgentId: "main", mainKey: "main", mainSessionKey: MAIN },
    },
    auth: { deviceToken: "token", role: "operator", scopes: [] },
    policy: { maxPayload: 26_214_400, maxBufferedBytes: 8_388_608, tickIntervalMs: 30_000 },
  };
}
