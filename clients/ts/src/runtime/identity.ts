import { base64Url, hex } from "./payload.ts";
import type { Vault } from "./vault.ts";

const ED25519 = { name: "Ed25519" };

/** This browser as a device: an Ed25519 key that cannot be exported, and the token it was given. */
export class DeviceIdentity {
  readonly id: string;
  readonly publicKey: string;
  readonly #privateKey: CryptoKey;
  readonly #vault: Vault;

  private constructor(id: string, publicKey: string, privateKey: CryptoKey, vault: Vault) {
    this.id = id;
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
    this.#vault = vault;
  }

  /** Loads the key of this browser, or makes one. Needs a secure context (HTTPS or localhost). */
  static async load(vault: Vault): Promise<DeviceIdentity> {
    const kept = await vault.get<CryptoKeyPair>("keyPair");
    const pair = kept ?? (await makeKeyPair(vault));
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
    return new DeviceIdentity(hex(digest), base64Url(raw), pair.privateKey, vault);
  }

  async sign(text: string): Promise<string> {
    const bytes = new TextEncoder().encode(text);
    return base64Url(new Uint8Array(await crypto.subtle.sign(ED25519, this.#privateKey, bytes)));
  }

  token(): Promise<string | undefined> {
    return this.#vault.get<string>("deviceToken");
  }

  keepToken(token: string): Promise<void> {
    return this.#vault.put("deviceToken", token);
  }

  dropToken(): Promise<void> {
    return this.#vault.remove("deviceToken");
  }
}

async function makeKeyPair(vault: Vault): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey(ED25519, false, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("Ed25519 gave no key pair");
  await vault.put("keyPair", pair);
  return pair;
}
