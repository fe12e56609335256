/** Watches the per-connection event numbers. They are dense, so a hole means that events were lost. */
export class SequenceTracker {
  #last: number | undefined;

  /** Returns the hole that this frame reveals, or undefined. */
  observe(seq: number): { expected: number; received: number } | undefined {
    const last = this.#last;
    if (last !== undefined && seq <= last) return undefined;
    this.#last = seq;
    if (last === undefined || seq === last + 1) return undefined;
    return { expected: last + 1, received: seq };
  }
}
