import { strings } from "../strings.ts";
import { object, text } from "../wire/read.ts";
import { readUserAction, type UserAction } from "../wire/canvas.ts";

/** What the frame's page wants of the page around it. */
export interface Host {
  /** The page is there, and so its address works. */
  arrived(): void;
  /** The messages that fill the surfaces, asked for when they were loaded. */
  messages(): Promise<readonly unknown[]>;
  /** Tells the agent. It fails with a sentence for people. */
  act(action: UserAction): Promise<void>;
  /** Somebody pressed what leads out. */
  leave(url: string): void;
  theme(): string;
}

/** Whether somebody is at work in the frame now, as soon as that is certain; the page in it cannot pretend. */
export type Gesture = () => Promise<boolean>;

/** Actions that nobody made by hand come faster than this. */
const APART_MS = 250;

/**
 * The talk with the page in the frame. It has no origin, so it is known by its window, and, from the
 * first word to it on, by a nonce that only it was told. What it says was done counts only while
 * somebody is at work in it (SECURITY T36).
 */
export class Talk {
  readonly #frame: Pick<HTMLIFrameElement, "contentWindow">;
  readonly #host: Host;
  readonly #gesture: Gesture;
  readonly #now: () => number;
  #nonce: string | undefined;
  #opened = false;
  #stale = false;
  #actedAt = Number.NEGATIVE_INFINITY;
  #acting = false;

  constructor(frame: Pick<HTMLIFrameElement, "contentWindow">, host: Host, gesture: Gesture, now = () => performance.now()) {
    this.#frame = frame;
    this.#host = host;
    this.#gesture = gesture;
    this.#now = now;
  }

  hear({ source, origin, data }: Pick<MessageEvent, "source" | "origin" | "data">): void {
    if (source !== this.#frame.contentWindow || source === null || origin !== "null") return;
    const word = object(data);
    switch (word.type) {
      case "canvas.ready":
        this.#greet();
        return this.#say("canvas.open");
      case "a2ui.ready":
        this.#greet();
        return void this.#fill();
    }
    if (this.#nonce === undefined || word.nonce !== this.#nonce) return;
    switch (word.type) {
      case "canvas.action":
      case "a2ui.action":
        return void this.#act(word.userAction);
      case "a2ui.openUrl":
        return void this.#leave(text(word.url));
    }
  }

  /** More came for the surfaces. */
  apply(messages: readonly unknown[]): void {
    if (this.#opened) this.#say("a2ui.apply", { messages });
    else this.#stale = true;
  }

  reset(): void {
    if (this.#opened) this.#say("a2ui.reset");
    else this.#stale = true;
  }

  /** What is shown may be old. */
  refill(): void {
    if (this.#nonce !== undefined) void this.#fill();
  }

  /** A page was loaded; what was agreed with the one before is void. */
  #greet(): void {
    this.#nonce = freshNonce();
    this.#opened = false;
    this.#host.arrived();
  }

  /** What comes while the messages are on their way may be in them or not: then they are asked for again. */
  async #fill(): Promise<void> {
    const nonce = this.#nonce;
    this.#opened = false;
    let messages: readonly unknown[];
    do {
      this.#stale = false;
      messages = await this.#host.messages();
      if (nonce !== this.#nonce) return;
    } while (this.#stale);
    this.#opened = true;
    this.#say("a2ui.open", { messages, theme: this.#host.theme() });
  }

  async #act(value: unknown): Promise<void> {
    const action = readUserAction(value);
    if (!action || this.#acting || this.#now() - this.#actedAt < APART_MS) return;
    const nonce = this.#nonce;
    this.#acting = true;
    const error = await this.#actByHand(action, nonce);
    this.#acting = false;
    if (nonce === this.#nonce) this.#say("a2ui.status", { id: action.id, ok: error === "", error });
  }

  /** What went wrong, in a sentence; empty if nothing did. */
  async #actByHand(action: UserAction, nonce: string | undefined): Promise<string> {
    if (!(await this.#gesture()) || nonce !== this.#nonce) return strings.canvas.unsure;
    this.#actedAt = this.#now();
    return this.#host.act(action).then(() => "", sentence);
  }

  async #leave(url: string | undefined): Promise<void> {
    const nonce = this.#nonce;
    if (url?.startsWith("https://") && (await this.#gesture()) && nonce === this.#nonce) this.#host.leave(url);
  }

  #say(type: string, more: object = {}): void {
    // A page without an origin cannot be addressed by one; this is its window, and it was asked for its nonce.
    this.#frame.contentWindow?.postMessage({ type, nonce: this.#nonce, ...more }, "*");
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function freshNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
