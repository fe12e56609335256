import type { Hello } from "./hello.ts";

export interface RefusalState {
  name: "refused";
  /** `error.details.code` if given, else the error code or `CLOSE_<number>`. */
  code: string;
  text: string;
  requestId?: string;
}

export type ConnectionState =
  | { name: "idle" }
  | { name: "connecting" }
  | { name: "ready"; hello: Hello }
  | { name: "waiting"; retryAtMs: number; reason: WaitReason }
  | RefusalState;

/** Why the client waits before the next attempt. */
export type WaitReason = "lost" | "restarting" | "unreachable" | "limited" | "silent";
