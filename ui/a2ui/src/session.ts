import { type Signal, signal } from "@preact/signals";
import { freshId } from "./host/fresh-id.ts";
import type { Commands, Listener, Said, Status } from "./host/words.ts";
import { LIMITS } from "./limits.ts";
import { press } from "./model/action.ts";
import type { PartOf, Target } from "./model/parts.ts";
import { Refusal } from "./refusal.ts";
import { Stage } from "./stage.ts";

/** What the user sees of an action on its way. */
export interface Progress {
  id: string;
  name: string;
  phase: "sending" | "working" | "failed";
  error: string;
}

const THEMES = ["auto", "light", "dark"];

/** The page at work: its stage, and the hosts that it talks with. */
export class Session implements Commands {
  readonly stage = new Stage();
  readonly progress: Signal<Progress | undefined> = signal(undefined);
  readonly shownTheme: Signal<string> = signal("auto");
  /** The language of numbers and dates; the browser's if undefined. */
  readonly locale: string | undefined;
  readonly #listeners: Listener[] = [];
  readonly #told = new Set<string>();

  constructor(locale?: string) {
    this.locale = locale;
  }

  /** Adds a way to a host. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Says that the page is there and empty. */
  begin(): void {
    this.#tell({ kind: "ready" });
  }

  apply(messages: unknown) {
    const outcome = this.stage.apply(messages);
    // The agent answered, whatever it answered; a host may never have said that the action went out.
    if (outcome.ok && this.progress.value?.phase !== "failed") this.progress.value = undefined;
    return outcome;
  }

  reset() {
    this.progress.value = undefined;
    this.#told.clear();
    return this.stage.reset();
  }

  surfaces(): string[] {
    return [...this.stage.surfaces.value.keys()];
  }

  theme(theme: string): void {
    if (THEMES.includes(theme)) this.shownTheme.value = theme;
  }

  status({ id, ok, error }: Status): void {
    const progress = this.progress.value;
    if (progress?.id !== id) return;
    this.progress.value = ok ? { ...progress, phase: "working" } : { ...progress, phase: "failed", error: error || "it could not be sent" };
  }

  /** Keeps what the user entered. */
  enter(surfaceId: string, target: Target, value: unknown): void {
    this.stage.enter(surfaceId, target, value);
  }

  /** A button was pressed. Only a person can do that: an event that a script made is not `trusted`. */
  press(surfaceId: string, part: PartOf<"Button">, trusted: boolean): void {
    const surface = this.stage.surfaces.value.get(surfaceId);
    if (!surface || !trusted) return;
    try {
      const pressed = press(surface, part, freshId(), new Date(), this.locale);
      if ("openUrl" in pressed) this.open(pressed.openUrl, trusted);
      else this.#send({ kind: "action", message: pressed.send }, pressed.send.userAction);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#fail("", error.message);
      this.report(error.code, error.message, surfaceId);
    }
  }

  /** Asks the host to open an address; without a host that can, the browser is asked. */
  open(url: string, trusted: boolean): void {
    if (trusted && !this.#tell({ kind: "openUrl", url })) window.open(url, "_blank", "noopener,noreferrer");
  }

  /** Tells the host, and so the agent, what went wrong: each thing once. */
  report(code: string, message: string, surfaceId: string): void {
    const once = `${surfaceId}\n${message}`;
    if (this.#told.has(once) || this.#told.size >= LIMITS.problems) return;
    this.#told.add(once);
    this.#tell({ kind: "error", message: { error: { code, message, surfaceId } } });
  }

  #send(said: Said, { id, name }: { id: string; name: string }): void {
    this.progress.value = { id, name, phase: "sending", error: "" };
    if (!this.#tell(said)) this.#fail(name, "no host is listening");
  }

  #fail(name: string, error: string): void {
    this.progress.value = { id: "", name, phase: "failed", error };
  }

  #tell(said: Said): boolean {
    return this.#listeners.map((listener) => heard(listener, said)).includes(true);
  }
}

/** A host that throws has not heard. */
function heard(listener: Listener, said: Said): boolean {
  try {
    return listener.tell(said);
  } catch {
    return false;
  }
}
