import { randomUUID } from "node:crypto";

const SCOPES = ["operator.admin", "operator.read", "operator.write"];

/** Speaks the public protocol as the daemon's owner does: with its secret, outside of any page. */
export class Owner {
  #socket;
  #waiting = new Map();

  static async of(daemon) {
    const owner = new Owner();
    await owner.#open(daemon);
    return owner;
  }

  #open(daemon) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${daemon.port}`);
    return new Promise((resolve, reject) => {
      this.#socket.onerror = () => reject(new Error("the gateway cannot be reached"));
      this.#socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.type === "res") this.#settle(frame);
        else if (frame.event === "connect.challenge") this.#introduce(daemon.token).then(resolve, reject);
      };
    });
  }

  #introduce(token) {
    return this.call("connect", {
      minProtocol: 4,
      maxProtocol: 4,
      client: { id: "cli", version: "1", platform: "linux", mode: "cli" },
      role: "operator",
      scopes: SCOPES,
      auth: { token },
    });
  }

  #settle({ id, ok, payload, error }) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (ok) resolve(payload);
    else reject(new Error(error.message));
  }

  call(method, params = {}) {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    });
  }

  say(sessionKey, message) {
    return this.call("chat.send", { sessionKey, message, idempotencyKey: randomUUID() });
  }

  /** The row of one session. */
  async session(key) {
    const { sessions } = await this.call("sessions.list");
    return sessions.find((row) => row.key === key);
  }

  close() {
    this.#socket.close();
  }
}
