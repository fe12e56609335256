import { computed, signal } from "@preact/signals";
import { type PresenceEntry, readPresence } from "../wire/events.ts";
import { list, number, object } from "../wire/read.ts";
import { gateway, hello, isReady } from "./gateway.ts";

const health = signal<unknown>(undefined);
const bootedAt = signal(0);
export const presence = signal<readonly PresenceEntry[]>([]);

export const isHealthy = computed(() => {
  const ok = object(health.value).ok;
  return typeof ok === "boolean" ? ok : undefined;
});

export const sessionCount = computed(() => number(object(object(health.value).sessions).count));
export const runCount = computed(() => number(object(object(health.value).process).runsActive));
export const problems = computed(() =>
  list(object(health.value).problems).filter((one): one is string => typeof one === "string"),
);

export function uptimeMs(now: number): number {
  return bootedAt.value === 0 ? 0 : now - bootedAt.value;
}

/** Takes the snapshot of the greeting. */
export function takeSnapshot(): void {
  const greeting = hello.value;
  if (!greeting) return;
  health.value = greeting.health;
  presence.value = greeting.presence.map(readPresence);
  bootedAt.value = Date.now() - greeting.uptimeMs;
}

export function watchHealth(): void {
  gateway().on("health", (payload) => {
    health.value = payload;
  });
  gateway().on("presence", (payload) => {
    presence.value = list(object(payload).presence).map(readPresence);
  });
}

export async function refreshHealth(): Promise<void> {
  if (!isReady.value) return;
  const fresh = await gateway()
    .call("health", {})
    .catch(() => undefined);
  if (fresh !== undefined) health.value = fresh;
}
