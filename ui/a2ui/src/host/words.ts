import type { ActionMessage } from "../model/action.ts";

/** Something went wrong on the page, as the client-to-server messages of both versions tell it. */
export interface ErrorMessage {
  error: { code: string; message: string; surfaceId: string };
}

/** What the page says to its host. */
export type Said =
  /** The page was loaded, or loaded again, and is empty: a host that has something to show replays it. */
  | { kind: "ready" }
  | { kind: "action"; message: ActionMessage }
  | { kind: "error"; message: ErrorMessage }
  /** The user pressed something that leads out. The host asks, and opens it or not. */
  | { kind: "openUrl"; url: string };

/** What became of an action, as the host says. */
export interface Status {
  id: string;
  ok: boolean;
  error?: string;
}

/** A way to a host. */
export interface Listener {
  /** Whether the word went out. */
  tell(said: Said): boolean;
}

/** What a host asks of the page. */
export interface Commands {
  apply(messages: unknown): unknown;
  reset(): unknown;
  surfaces(): string[];
  status(status: Status): void;
  theme(theme: string): void;
}
