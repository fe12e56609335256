/** The wire's error object, read leniently. */
export interface ErrorShape {
  code: string;
  message: string;
  detailsCode?: string;
  details: Readonly<Record<string, unknown>>;
  retryable: boolean;
  retryAfterMs?: number;
}

/** The gateway answered a request with an error. */
export class GatewayError extends Error {
  readonly shape: ErrorShape;

  constructor(shape: ErrorShape) {
    super(shape.message);
    this.name = "GatewayError";
    this.shape = shape;
  }
}

/** The connection went away, so it is unknown whether the gateway did what was asked. */
export class ConnectionLost extends Error {
  constructor(message = "connection lost") {
    super(message);
    this.name = "ConnectionLost";
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function readErrorShape(value: unknown): ErrorShape {
  const error = isRecord(value) ? value : {};
  const details = isRecord(error.details) ? error.details : {};
  const retryAfter = error.retryAfterMs ?? details.retryAfterMs;
  return {
    code: typeof error.code === "string" ? error.code : "UNKNOWN",
    message: typeof error.message === "string" ? error.message : "the gateway gave no reason",
    detailsCode: typeof details.code === "string" ? details.code : undefined,
    details,
    retryable: error.retryable === true,
    retryAfterMs: typeof retryAfter === "number" ? retryAfter : undefined,
  };
}
