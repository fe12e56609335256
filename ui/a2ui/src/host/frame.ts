import { isFields, own } from "../json.ts";
import type { Commands, Listener, Said } from "./words.ts";

/** The shortest nonce that is one. */
const NONCE_CHARS = 16;

/**
 * The page that frames this one. It opens the talk with a nonce of its own making, in answer to `a2ui.ready`; from
 * then on both sides put it on every message, and nothing without it, or from any other window, is listened to.
 */
export class Frame implements Listener {
  readonly #window: Window;
  readonly #commands: Commands;
  #nonce: string | undefined;
  /** Where the opening message came from. */
  #heardFrom = "";
  /** Where messages are addressed to. */
  #origin = "";

  constructor(window: Window, commands: Commands) {
    this.#window = window;
    this.#commands = commands;
    if (this.#isFramed) window.addEventListener("message", (event) => this.#hear(event));
  }

  tell(said: Said): boolean {
    if (!this.#isFramed) return false;
    if (said.kind === "ready") {
      // It says nothing but that the page is there, so anyone may read it.
      this.#window.parent.postMessage({ type: "a2ui.ready", protocol: 1 }, "*");
      return true;
    }
    if (this.#nonce === undefined) return false;
    const body = said.kind === "openUrl" ? { url: said.url } : said.message;
    this.#post({ type: `a2ui.${said.kind}`, ...body });
    return true;
  }

  get #isFramed(): boolean {
    return this.#window.parent !== this.#window;
  }

  #post(body: object): void {
    this.#window.parent.postMessage({ ...body, nonce: this.#nonce }, this.#origin);
  }

  #hear({ source, origin, data }: MessageEvent): void {
    if (source !== this.#window.parent || !isFields(data)) return;
    if (own(data, "type") === "a2ui.open" && this.#nonce === undefined) this.#open(data.nonce, origin);
    if (this.#nonce === undefined || data.nonce !== this.#nonce || origin !== this.#heardFrom) return;
    this.#obey(data);
  }

  #open(nonce: unknown, origin: string): void {
    if (typeof nonce !== "string" || nonce.length < NONCE_CHARS) return;
    this.#nonce = nonce;
    this.#heardFrom = origin;
    // An opaque origin cannot be named; the nonce is what it is known by.
    this.#origin = origin === "null" ? "*" : origin;
  }

  #obey(data: Readonly<Record<string, unknown>>): void {
    if (typeof data.theme === "string") this.#commands.theme(data.theme);
    switch (data.type) {
      case "a2ui.open":
        this.#commands.reset();
        this.#applied(data, this.#commands.apply(data.messages ?? []));
        return;
      case "a2ui.apply":
        this.#applied(data, this.#commands.apply(data.messages ?? []));
        return;
      case "a2ui.reset":
        this.#applied(data, this.#commands.reset());
        return;
      case "a2ui.status":
        if (typeof data.id === "string") this.#commands.status({ id: data.id, ok: data.ok === true, error: String(data.error ?? "") });
    }
  }

  /** Every command is answered, with the number that the parent gave it. */
  #applied(data: Readonly<Record<string, unknown>>, outcome: unknown): void {
    this.#post({ type: "a2ui.applied", seq: data.seq, outcome });
  }
}
