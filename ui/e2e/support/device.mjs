import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { EventEmitter, once } from "node:events";

/** A device outside of any page: its own key, the public protocol, and nothing of the page's code. */
export class Device extends EventEmitter {
  #keys = generateKeyPairSync("ed25519");
  #said;
  #socket;
  #waiting = new Map();
  token;

  constructor(said) {
    super();
    this.#said = { role: "operator", scopes: [], mode: "cli", clientId: "cli", platform: "linux", caps: [], commands: [], ...said };
  }

  get #publicKey() {
    return this.#keys.publicKey.export({ format: "jwk" }).x;
  }

  get id() {
    return createHash("sha256").update(Buffer.from(this.#publicKey, "base64url")).digest("hex");
  }

  /** Offers other commands from the next connection on. */
  offer(commands) {
    this.#said = { ...this.#said, commands };
  }

  /** Connects with the words of a setup code, or with the token that it was given. */
  async join(url, setupCode) {
    const code = setupCode && JSON.parse(Buffer.from(setupCode, "base64url")).bootstrapToken;
    this.#socket = new WebSocket(url);
    this.#socket.onclose = ({ code: why, reason }) => this.emit("closed", { code: why, reason });
    const hello = await new Promise((resolve, reject) => {
      this.#socket.onerror = () => reject(new Error("the gateway cannot be reached"));
      this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data), code, resolve, reject);
    });
    this.token = hello.auth.deviceToken;
    return hello;
  }

  #hear(frame, code, resolve, reject) {
    if (frame.type === "res") return this.#settle(frame);
    if (frame.event === "connect.challenge") return this.#introduce(frame.payload, code).then(resolve, reject);
    this.emit(frame.event, frame.payload);
  }

  #introduce({ nonce, ts }, code) {
    const { role, scopes, mode, clientId, platform, name, caps, commands } = this.#said;
    const shown = code ?? this.token;
    const words = ["v3", this.id, clientId, mode, role, scopes.join(","), String(ts), shown, nonce, platform, ""];
    const signature = sign(null, Buffer.from(words.join("|")), this.#keys.privateKey).toString("base64url");
    return this.call("connect", {
      minProtocol: 3,
      maxProtocol: 4,
      client: { id: clientId, version: "1", platform, mode, ...(name ? { displayName: name } : {}) },
      role,
      scopes,
      ...(role === "node" ? { caps, commands } : {}),
      device: { id: this.id, publicKey: this.#publicKey, signature, signedAt: ts, nonce },
      auth: code ? { bootstrapToken: code } : { deviceToken: this.token },
    });
  }

  #settle({ id, ok, payload, error }) {
    const { resolve, reject } = this.#waiting.get(id);
    // The first of two answers only says that it is taken.
    if (ok && payload?.status === "accepted") return;
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

  /** Answers every command of a node with what `answer` makes of it. */
  serve(answer) {
    this.on("node.invoke.request", ({ id, nodeId, command, paramsJSON }) => {
      const payload = answer(command, JSON.parse(paramsJSON ?? "null"));
      void this.call("node.invoke.result", { id, nodeId, ok: true, payload });
    });
  }

  /** Why the gateway ended the connection. */
  async closed() {
    const [why] = await once(this, "closed");
    return why;
  }

  leave() {
    this.#socket?.close();
  }
}
