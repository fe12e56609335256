/** Calls back once when nothing was heard for the whole span. */
export class Watchdog {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #spanMs = 0;
  readonly #onSilence: () => void;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  start(spanMs: number): void {
    this.#spanMs = spanMs;
    this.feed();
  }

  feed(): void {
    if (this.#spanMs === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSilence, this.#spanMs);
  }

  stop(): void {
    this.#spanMs = 0;
    clearTimeout(this.#timer);
  }
}
