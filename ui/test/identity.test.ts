import { createHash, createPublicKey, verify } from "node:crypto";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { DeviceIdentity } from "../../clients/ts/src/runtime/identity.ts";
import { connectParams, type Credential } from "../../clients/ts/src/runtime/handshake.ts";
import { devicePayloadV3 } from "../../clients/ts/src/runtime/payload.ts";
import { memoryVault } from "../../clients/ts/src/runtime/vault.ts";

beforeAll(() => void vi.stubGlobal("navigator", { language: "en", userAgent: "test" }));

const challenge = { nonce: "n-1", ts: 1_700_000_000_000 };

interface Sent {
  auth?: Record<string, string>;
  scopes: string[];
  device: { id: string; publicKey: string; signature: string; signedAt: number };
}

async function params(credential: Credential): Promise<Sent> {
  const identity = await DeviceIdentity.load(memoryVault());
  return (await connectParams(identity, challenge, credential, "window-1")) as unknown as Sent;
}

function signatureHolds({ device }: Sent, payload: string): boolean {
  const prefix = Buffer.from("302a300506032b6570032100", "hex");
  const der = Buffer.concat([prefix, Buffer.from(device.publicKey, "base64url")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, Buffer.from(payload), key, Buffer.from(device.signature, "base64url"));
}

describe("the signed payload", () => {
  test("has eleven fields in order, and trims and lowers only the last two", () => {
    const text = devicePayloadV3({
      deviceId: "d",
      clientId: "C",
      clientMode: "webchat",
      role: "operator",
      scopes: ["b", "a"],
      signedAtMs: 7,
      token: "T",
      nonce: "N",
      platform: "  Web İ ",
      deviceFamily: " Mac ",
    });
    expect(text).toBe("v3|d|C|webchat|operator|b,a|7|T|N|web İ|mac");
  });

  test("is signed with the challenge's time and the credential that is shown", async () => {
    const cases: [Credential, Record<string, string> | undefined, string][] = [
      [{ kind: "code", code: "once" }, { bootstrapToken: "once" }, "once"],
      [{ kind: "secret", secret: "s3" }, { token: "s3" }, "s3"],
      [{ kind: "device", token: "dev" }, { deviceToken: "dev" }, "dev"],
      [{ kind: "none" }, undefined, ""],
    ];
    for (const [credential, auth, token] of cases) {
      const sent = await params(credential);
      expect(sent.auth).toEqual(auth);
      expect(sent.device.signedAt).toBe(challenge.ts);
      const payload = `v3|${sent.device.id}|tidegate-webchat|webchat|operator|${sent.scopes.join(",")}|${challenge.ts}|${token}|n-1|web|`;
      expect(signatureHolds(sent, payload)).toBe(true);
    }
  });
});

describe("the device", () => {
  test("is named by the hash of its raw public key", async () => {
    const { id, publicKey } = await DeviceIdentity.load(memoryVault());
    const raw = Buffer.from(publicKey, "base64url");
    expect(raw).toHaveLength(32);
    expect(id).toBe(createHash("sha256").update(raw).digest("hex"));
  });

  test("is the same after a reload, and its private key cannot be exported", async () => {
    const vault = memoryVault();
    const first = await DeviceIdentity.load(vault);
    const second = await DeviceIdentity.load(vault);
    expect(second.id).toBe(first.id);
    const pair = await vault.get<CryptoKeyPair>("keyPair");
    await expect(crypto.subtle.exportKey("pkcs8", pair!.privateKey)).rejects.toThrow();
  });
});
