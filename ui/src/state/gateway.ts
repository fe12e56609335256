import {
  Connection,
  type ConnectionState,
  type Credential,
  DeviceIdentity,
  type GapNotice,
  type Hello,
  indexedDbVault,
  memoryVault,
  ownOriginSocketUrl,
  takeOneTimeCode,
} from "@tidegate/client";
import { computed, effect, signal } from "@preact/signals";
import { freshId } from "../fresh-id.ts";

export const connectionState = signal<ConnectionState>({ name: "idle" });
export const isReady = computed(() => connectionState.value.name === "ready");
/** The last greeting; kept while reconnecting, so that the page does not fall apart. */
export const hello = signal<Hello | undefined>(undefined);
/** From a refusal until the next greeting the page asks for a credential. */
export const needsCredential = signal(false);
/** True where the browser withholds its key store, because the address is not secure. */
export const insecure = signal(false);

let connection: Connection | undefined;
let identity: DeviceIdentity | undefined;
/** Shown as a code first, and if it is none, as the token. */
let pasted: string | undefined;
const onReady = new Set<() => void>();
const onGap = new Set<(notice: GapNotice) => void>();

export function whenReady(action: () => void): void {
  onReady.add(action);
}

export function whenGap(action: (notice: GapNotice) => void): void {
  onGap.add(action);
}

export function gateway(): Connection {
  if (!connection) throw new Error("the gateway is not started yet");
  return connection;
}

export function deviceId(): string | undefined {
  return identity?.id;
}

/** Makes this browser's key, takes the one-time code out of the address bar, and connects. */
export async function startGateway(wire: () => void): Promise<void> {
  const code = takeCode();
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
    insecure.value = true;
    needsCredential.value = true;
    return;
  }
  identity = await DeviceIdentity.load(indexedDbVault()).catch(() =>
    DeviceIdentity.load(memoryVault()),
  );
  connection = new Connection({
    url: ownOriginSocketUrl(location.origin),
    identity,
    instanceId: freshId(16),
    onState: (state) => void enter(state),
    onGap: (notice) => onGap.forEach((action) => action(notice)),
  });
  wire();
  watchBrowser();
  await present(code);
}

function takeCode(): string | undefined {
  return takeOneTimeCode(location, (url) => history.replaceState(null, "", url));
}

async function present(code: string | undefined): Promise<void> {
  if (code) return gateway().connect({ kind: "code", code });
  const token = await identity?.token();
  if (token) return gateway().connect({ kind: "device", token });
  askForCredential();
}

function askForCredential(): void {
  needsCredential.value = true;
  connectionState.value = { name: "refused", code: "AUTH_TOKEN_MISSING", text: "" };
}

/** What the user pasted: a link with a code, a code, or the gateway token. Only the gateway can tell. */
export function connectWith(text: string): void {
  const code = /#code=([^\s&]+)/.exec(text)?.[1] ?? text;
  pasted = code;
  gateway().connect({ kind: "code", code });
}

/** Tries again with what this browser holds, for example after its approval. */
export function reconnect(): void {
  void present(undefined);
}

/** Keeps the token that replaces this browser's own, and comes back with it. */
export async function takeNewToken(token: string): Promise<void> {
  await identity?.keepToken(token);
  gateway().connect({ kind: "device", token });
}

export async function forgetBrowser(): Promise<void> {
  await identity?.dropToken();
  gateway().stop();
  hello.value = undefined;
  askForCredential();
}

async function enter(state: ConnectionState): Promise<void> {
  if (state.name === "refused" && state.code === "AUTH_BOOTSTRAP_TOKEN_INVALID") {
    const next = await nextCredential();
    if (next) return gateway().connect(next);
  }
  if (state.name === "ready") {
    pasted = undefined;
    hello.value = state.hello;
    needsCredential.value = false;
  }
  if (state.name === "refused") needsCredential.value = true;
  connectionState.value = state;
  if (state.name === "ready") onReady.forEach((action) => action());
}

/** After a code that is none: the same text as the token, or the key that this browser has. */
async function nextCredential(): Promise<Credential | undefined> {
  if (pasted !== undefined) {
    const secret = pasted;
    pasted = undefined;
    return { kind: "secret", secret };
  }
  const token = await identity?.token();
  return token ? { kind: "device", token } : undefined;
}

function watchBrowser(): void {
  addEventListener("online", () => connection?.retryNow());
  addEventListener("pageshow", () => connection?.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") connection?.retryNow();
  });
  // Pasting a fresh link into an open page changes the fragment only and loads nothing.
  addEventListener("hashchange", () => {
    const code = takeCode();
    if (code) gateway().connect({ kind: "code", code });
  });
}

effect(() => {
  document.documentElement.dataset.connection = connectionState.value.name;
});
