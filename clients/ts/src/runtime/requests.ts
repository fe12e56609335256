import { ConnectionLost, GatewayError, readErrorShape } from "./errors.ts";
import type { ResponseFrame } from "./frames.ts";

interface Waiting {
  resolve: (payload: unknown) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

/** Requests without an answer yet, on one connection. */
export class PendingRequests {
  readonly #waiting = new Map<string, Waiting>();
  #next = 1;

  /** Registers a request and returns its id and the promise of its answer. */
  open(timeoutMs: number): { id: string; answer: Promise<unknown> } {
    const id = String(this.#next++);
    const answer = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new ConnectionLost("the gateway did not answer in time"));
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
    });
    return { id, answer };
  }

  settle(frame: ResponseFrame): void {
    const request = this.#waiting.get(frame.id);
    if (!request) return;
    this.#waiting.delete(frame.id);
    clearTimeout(request.timer);
    if (frame.ok) request.resolve(frame.payload);
    else request.reject(new GatewayError(readErrorShape(frame.error)));
  }

  rejectAll(): void {
    for (const request of this.#waiting.values()) {
      clearTimeout(request.timer);
      request.reject(new ConnectionLost());
    }
    this.#waiting.clear();
  }
}
