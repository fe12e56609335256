import { ConnectionLost, GatewayError } from "./errors.ts";

export type OutboxStatus = "waiting" | "sending" | "failed";

/** A message on its way: it keeps its key over every attempt, so it is never said twice. */
export interface OutboxItem {
  key: string;
  sessionKey: string;
  text: string;
  at: number;
  status: OutboxStatus;
  error?: string;
}

export interface OutboxOptions {
  send: (item: OutboxItem) => Promise<unknown>;
  ready: () => boolean;
  accepted: (item: OutboxItem, answer: unknown) => void;
  changed: (items: readonly OutboxItem[]) => void;
}

const RETRY_MS = 1_500;

/** Sends messages in order, one at a time, again after a lost connection, until each is acknowledged. */
export class Outbox {
  readonly #options: OutboxOptions;
  #items: OutboxItem[];
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutboxOptions, restored: readonly OutboxItem[] = []) {
    this.#options = options;
    this.#items = restored.map((item) =>
      item.status === "sending" ? { ...item, status: "waiting" } : item,
    );
  }

  get items(): readonly OutboxItem[] {
    return this.#items;
  }

  add(item: Omit<OutboxItem, "status">): void {
    this.#replace([...this.#items, { ...item, status: "waiting" }]);
    void this.flush();
  }

  /** A failed message goes again, with the key it had. */
  retry(key: string): void {
    this.#update(key, { status: "waiting", error: undefined });
    void this.flush();
  }

  remove(key: string): OutboxItem | undefined {
    const item = this.#items.find((one) => one.key === key);
    this.#replace(this.#items.filter((one) => one.key !== key));
    return item;
  }

  /** Call when the connection becomes ready; does nothing while another flush runs. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const item = this.#items.find((one) => one.status === "waiting");
        if (!item || !this.#options.ready()) return;
        if (!(await this.#attempt(item))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** True when the next message may be tried at once. */
  async #attempt(item: OutboxItem): Promise<boolean> {
    this.#update(item.key, { status: "sending" });
    try {
      const answer = await this.#options.send(item);
      this.remove(item.key);
      this.#options.accepted(item, answer);
      return true;
    } catch (error) {
      const again = error instanceof ConnectionLost || isRetryable(error);
      if (!again) {
        this.#update(item.key, { status: "failed", error: messageOf(error) });
        return true;
      }
      this.#update(item.key, { status: "waiting" });
      this.#later(error);
      return false;
    }
  }

  #later(error: unknown): void {
    const hint = error instanceof GatewayError ? error.shape.retryAfterMs : undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), hint ?? RETRY_MS);
  }

  #update(key: string, change: Partial<OutboxItem>): void {
    this.#replace(this.#items.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  #replace(items: OutboxItem[]): void {
    this.#items = items;
    this.#options.changed(items);
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof GatewayError && error.shape.retryable;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
