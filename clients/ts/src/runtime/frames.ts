export interface ResponseFrame {
  type: "res";
  id: string;
  ok: boolean;
  payload?: unknown;
  error?: unknown;
}

export interface EventFrame {
  type: "event";
  event: string;
  payload?: unknown;
  seq?: number;
}

/** Reads one inbound frame; anything that is not one gives undefined and is ignored. */
export function parseFrame(text: string): ResponseFrame | EventFrame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const frame = value as Record<string, unknown>;
  if (frame.type === "res" && typeof frame.id === "string" && typeof frame.ok === "boolean") {
    return { type: "res", id: frame.id, ok: frame.ok, payload: frame.payload, error: frame.error };
  }
  if (frame.type === "event" && typeof frame.event === "string") {
    const seq = typeof frame.seq === "number" ? frame.seq : undefined;
    return { type: "event", event: frame.event, payload: frame.payload, seq };
  }
  return undefined;
}

/** The challenge's nonce and the gateway's clock. */
export function readChallenge(payload: unknown): { nonce: string; ts: number } | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  const { nonce, ts } = payload as Record<string, unknown>;
  if (typeof nonce !== "string") return undefined;
  return { nonce, ts: typeof ts === "number" ? ts : Date.now() };
}
