import { PROTOCOL_MAX, PROTOCOL_MIN } from "../generated.ts";
import { browserName } from "./browser-name.ts";
import type { DeviceIdentity } from "./identity.ts";
import { devicePayloadV3 } from "./payload.ts";

/** What is shown to the gateway besides the device's signature; exactly one kind at a time. */
export type Credential =
  | { kind: "code"; code: string }
  | { kind: "secret"; secret: string }
  | { kind: "device"; token: string }
  | { kind: "none" };

const CLIENT = { id: "tidegate-webchat", version: "1", platform: "web", mode: "webchat" } as const;
const ROLE = "operator";
const SCOPES = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
];

function authOf(credential: Credential): Record<string, string> | undefined {
  switch (credential.kind) {
    case "code":
      return { bootstrapToken: credential.code };
    case "secret":
      return { token: credential.secret };
    case "device":
      return { deviceToken: credential.token };
    case "none":
      return undefined;
  }
}

function signedToken(credential: Credential): string {
  return Object.values(authOf(credential) ?? {})[0] ?? "";
}

/** Builds the parameters of `connect`, signed over the challenge of this connection. */
export async function connectParams(
  identity: DeviceIdentity,
  challenge: { nonce: string; ts: number },
  credential: Credential,
  instanceId: string,
): Promise<Record<string, unknown>> {
  const signature = await identity.sign(
    devicePayloadV3({
      deviceId: identity.id,
      clientId: CLIENT.id,
      clientMode: CLIENT.mode,
      role: ROLE,
      scopes: SCOPES,
      signedAtMs: challenge.ts,
      token: signedToken(credential),
      nonce: challenge.nonce,
      platform: CLIENT.platform,
      deviceFamily: "",
    }),
  );
  const auth = authOf(credential);
  return {
    minProtocol: PROTOCOL_MIN,
    maxProtocol: PROTOCOL_MAX,
    client: { ...CLIENT, displayName: browserName(navigator.userAgent), instanceId },
    role: ROLE,
    scopes: SCOPES,
    caps: ["tool-events"],
    locale: navigator.language,
    userAgent: navigator.userAgent,
    device: {
      id: identity.id,
      publicKey: identity.publicKey,
      signature,
      signedAt: challenge.ts,
      nonce: challenge.nonce,
    },
    ...(auth ? { auth } : {}),
  };
}
