/** How long browsers remember a gesture: five seconds in Chromium and in Firefox. Some more for a slow clock. */
const REMEMBERED_MS = 5_100;
/** Whoever pressed a key so shortly ago is still typing. */
const TYPING_MS = 1_000;
/** The key that leads into the frame by hand. */
const LEADING = "Tab";
const GESTURES = ["keydown", "pointerdown", "pointerup"] as const;

/** What the browser tells of the page around the frame. */
export interface Around {
  /** Whether somebody did something a moment ago, here or in the frame: the browser tells no more. */
  active(): boolean;
  /** Whether the frame has the focus. */
  inFrame(): boolean;
  /** Milliseconds of a clock that only goes on. */
  now(): number;
  wait(ms: number): Promise<void>;
}

/**
 * Whether somebody is at work in the frame. The browser knows of a gesture, but not where it was made; and a page in
 * a frame can take the focus whenever it wants. So a gesture counts once it cannot be one that was made here, and
 * the focus is taken back while somebody types here (SECURITY T36).
 */
export class Hands {
  readonly #around: Around;
  #hereAt = Number.NEGATIVE_INFINITY;
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Something was done here; `key` if it was a key. */
  here(key?: string): void {
    this.#hereAt = this.#around.now();
    if (key !== undefined) this.#typedAt = key === LEADING ? Number.NEGATIVE_INFINITY : this.#hereAt;
  }

  /** Whether the focus that went into the frame was taken from somebody who types here. What went after it, too,
   * was meant for here. */
  isTheft(): boolean {
    const theft = this.#around.inFrame() && this.#around.now() - this.#typedAt < TYPING_MS;
    if (theft) this.#hereAt = this.#around.now();
    return theft;
  }

  /** Whether somebody is at work in the frame; known for certain only when what was done here is forgotten. */
  async atWork(): Promise<boolean> {
    const { active, inFrame, now, wait } = this.#around;
    if (!active() || !inFrame()) return false;
    const doneHere = this.#hereAt;
    const left = doneHere + REMEMBERED_MS - now();
    if (left <= 0) return true;
    await wait(left);
    return this.#hereAt === doneHere && active();
  }
}

/** Watches what is done around a frame. Gives the hands, and what ends the watch. */
export function watchHands(frame: HTMLIFrameElement): { hands: Hands; end: () => void } {
  const hands = new Hands({
    active: () => navigator.userActivation?.isActive ?? true,
    inFrame: () => document.activeElement === frame,
    now: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  let focused: Element | null = document.activeElement;
  const done = (event: Event): void => {
    if (event.isTrusted) hands.here(event instanceof KeyboardEvent ? event.key : undefined);
  };
  const moved = ({ target }: Event): void => {
    if (target !== frame && target instanceof Element) focused = target;
  };
  const left = (): void => {
    // The browser is still at work on the focus.
    setTimeout(() => {
      if (hands.isTheft() && focused instanceof HTMLElement) focused.focus();
    });
  };
  for (const gesture of GESTURES) addEventListener(gesture, done, true);
  addEventListener("focusin", moved, true);
  addEventListener("blur", left);
  const end = (): void => {
    for (const gesture of GESTURES) removeEventListener(gesture, done, true);
    removeEventListener("focusin", moved, true);
    removeEventListener("blur", left);
  };
  return { hands, end };
}
