/** Why a message was not applied. The host hands it to the agent, so the words say what to change. */
export type RefusalCode =
  | "INVALID_MESSAGE"
  | "TOO_LARGE"
  | "UNKNOWN_SURFACE"
  | "SURFACE_EXISTS"
  | "WRONG_VERSION"
  | "CYCLE"
  | "INVALID_PATH"
  | "RENDER_FAILED"
  | "ACTION_FAILED";

/** A message that was refused as a whole; nothing of it was applied. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly surfaceId: string | undefined;

  constructor(code: RefusalCode, message: string, surfaceId?: string) {
    super(message);
    this.code = code;
    this.surfaceId = surfaceId;
  }
}
