import { signal } from "@preact/signals";

/** The gateway's clock minus ours, in milliseconds: its times are compared with its own. */
const lead = signal(0);

export function learnTime(gatewayNow: number): void {
  lead.value = gatewayNow - Date.now();
}

export function gatewayTime(ours: number): number {
  return ours + lead.value;
}
