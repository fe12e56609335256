/** What the page needs from `hello-ok`, read leniently so that additions never break it. */
export interface Hello {
  protocol: number;
  serverVersion: string;
  connId: string;
  methods: readonly string[];
  presence: readonly unknown[];
  health: unknown;
  uptimeMs: number;
  defaultAgentId: string;
  mainSessionKey: string;
  /** False where only the offline agent answers; true if the gateway does not say. */
  modelConfigured: boolean;
  deviceToken?: string;
  scopes: readonly string[];
  tickIntervalMs: number;
  maxPayload: number;
}

type Loose = Record<string, unknown>;

function object(value: unknown): Loose {
  return typeof value === "object" && value !== null ? (value as Loose) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): string[] {
  return list(value).filter((item): item is string => typeof item === "string");
}

function text(value: unknown, fallback: string): string {
  return typeof value === "string" && value !== "" ? value : fallback;
}

function number(value: unknown, fallback: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : fallback;
}

export function readHello(payload: unknown): Hello {
  const hello = object(payload);
  const server = object(hello.server);
  const snapshot = object(hello.snapshot);
  const defaults = object(snapshot.sessionDefaults);
  const auth = object(hello.auth);
  const policy = object(hello.policy);
  const agentId = text(defaults.defaultAgentId, "main");
  const mainKey = text(defaults.mainKey, "main");
  return {
    protocol: number(hello.protocol, 3),
    serverVersion: text(server.version, "unknown"),
    connId: text(server.connId, ""),
    methods: strings(object(hello.features).methods),
    presence: list(snapshot.presence),
    health: snapshot.health,
    uptimeMs: number(snapshot.uptimeMs, 0),
    defaultAgentId: agentId,
    mainSessionKey: text(defaults.mainSessionKey, `agent:${agentId}:${mainKey}`),
    modelConfigured: defaults.modelConfigured !== false,
    deviceToken: typeof auth.deviceToken === "string" ? auth.deviceToken : undefined,
    scopes: strings(auth.scopes),
    tickIntervalMs: number(policy.tickIntervalMs, 30_000),
    maxPayload: number(policy.maxPayload, 524_288),
  };
}
