import { batch, computed, signal } from "@preact/signals";
import { strings } from "../strings.ts";
import {
  type NewToken,
  type PairedDevice,
  type PendingDevice,
  readDevices,
  readNewToken,
  readPending,
  readSetupCode,
  type SetupCode,
} from "../wire/devices.ts";
import { reasonOf } from "./channels.ts";
import { deviceName, trustWord } from "./device-card.ts";
import { forgetBrowser, gateway, isReady, takeNewToken } from "./gateway.ts";
import { showNotice } from "./page.ts";
import { orRefusal } from "./refusal.ts";

const words = strings.devices;
/** No event tells that a request became void by time. */
const LOOK_AGAIN_MS = 30_000;

/** Devices that wait to be let in, newest first. */
export const waiting = signal<readonly PendingDevice[]>([]);
/** Devices that may join; undefined until the gateway has told. */
export const paired = signal<readonly PairedDevice[] | undefined>(undefined);
/** Why this browser is not told; it may lack the scope. */
export const devicesFailure = signal<string | undefined>(undefined);
export const waitingCount = computed(() => waiting.value.length);

export async function refreshDevices(): Promise<void> {
  if (!isReady.value) return;
  try {
    const told = readDevices(await orRefusal(gateway().call("device.pair.list", {}), "tidegate devices list"));
    batch(() => {
      waiting.value = told.pending;
      paired.value = told.paired;
      devicesFailure.value = undefined;
    });
  } catch (error) {
    if (isReady.value) devicesFailure.value = reasonOf(error);
  }
}

/** Gives a device exactly what this request asks for. */
export async function approveDevice(request: PendingDevice): Promise<void> {
  await decide("approve", request);
  showNotice(words.pending.approved(deviceName(request)));
}

export async function rejectDevice(request: PendingDevice): Promise<void> {
  await decide("reject", request);
  showNotice(words.pending.rejected(deviceName(request)));
}

async function decide(verb: "approve" | "reject", { requestId }: PendingDevice): Promise<void> {
  const call = gateway().call(`device.pair.${verb}`, { requestId });
  // A refusal may mean that it is over: what is shown next must be what is.
  await orRefusal(call, `tidegate devices ${verb} ${requestId}`).finally(() => refreshDevices());
}

export async function renameDevice({ deviceId }: PairedDevice, label: string): Promise<void> {
  await orRefusal(gateway().call("device.pair.rename", { deviceId, label }), `tidegate devices rename ${deviceId} …`);
  await refreshDevices();
}

export async function setTrust(device: PairedDevice, trust: "untrusted" | "verified" | "trusted"): Promise<void> {
  const { deviceId } = device;
  await orRefusal(gateway().call("device.trust.set", { deviceId, trust }), `tidegate devices trust ${deviceId} ${trust}`);
  showNotice(words.trust.saved(deviceName(device), trustWord(trust)));
  await refreshDevices();
}

/** Replaces a token. This browser takes its own at once; another device must be given it. */
export async function renewToken(device: PairedDevice, role: string): Promise<NewToken | undefined> {
  const { deviceId } = device;
  const params = { deviceId, role: roleOf(role) };
  const call = gateway().call("device.token.rotate", params);
  const fresh = readNewToken(await orRefusal(call, `tidegate devices rotate ${deviceId} --role ${params.role}`));
  if (isMine(device, role)) {
    await takeNewToken(fresh.token);
    showNotice(words.rotate.ownDone);
    return undefined;
  }
  await refreshDevices();
  return fresh;
}

/** Makes a token worthless. If it was this browser's own, the page asks for a link again. */
export async function revokeToken(device: PairedDevice, role: string): Promise<void> {
  const { deviceId } = device;
  const params = { deviceId, role: roleOf(role) };
  const call = gateway().call("device.token.revoke", params);
  await orRefusal(call, `tidegate devices revoke ${deviceId} --role ${params.role}`);
  if (isMine(device, role)) return forgetBrowser();
  showNotice(words.revoke.done(deviceName(device)));
  await refreshDevices();
}

export async function removeDevice(device: PairedDevice): Promise<void> {
  const { deviceId } = device;
  await orRefusal(gateway().call("device.pair.remove", { deviceId }), `tidegate devices remove ${deviceId}`);
  if (device.own) return forgetBrowser();
  showNotice(words.remove.done(deviceName(device)));
  await refreshDevices();
}

export type Profile = "full" | "limited" | "node";

/** Makes a code with which one device joins. */
export async function makeSetupCode(profile: Profile): Promise<SetupCode> {
  const params = profile === "full" ? {} : { bootstrapProfile: profile };
  return readSetupCode(await orRefusal(gateway().call("device.pair.setupCode", params), "tidegate devices code"));
}

function isMine({ own }: PairedDevice, role: string): boolean {
  return own && role === "operator";
}

function roleOf(role: string): "operator" | "node" {
  return role === "node" ? "node" : "operator";
}

export function watchDevices(): void {
  gateway().on("device.pair.requested", (payload) => {
    const request = readPending(payload);
    if (!request) return;
    waiting.value = [request, ...waiting.value.filter(({ deviceId, role }) => deviceId !== request.deviceId || role !== request.role)];
    showNotice(words.pending.requested(deviceName(request)));
  });
  gateway().on("device.pair.resolved", () => void refreshDevices());
  setInterval(() => {
    if (waiting.value.length > 0) void refreshDevices();
  }, LOOK_AGAIN_MS);
}
