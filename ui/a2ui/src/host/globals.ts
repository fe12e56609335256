import { FAMILY, globalName, statusEvent } from "./names.ts";
import type { Commands, Status } from "./words.ts";

/** Puts the objects into the page that node hosts drive it with, under every name of the family. */
export function offer(window: Window, commands: Commands): void {
  const driver = Object.freeze({
    applyMessages: (messages: unknown) => commands.apply(messages),
    reset: () => commands.reset(),
    getSurfaces: () => commands.surfaces(),
  });
  for (const family of FAMILY) {
    Object.defineProperty(window, globalName(family), { value: driver, configurable: true, enumerable: true });
    window.addEventListener(statusEvent(family), (event) => {
      const status = statusOf((event as CustomEvent<unknown>).detail);
      if (status) commands.status(status);
    });
  }
}

function statusOf(detail: unknown): Status | undefined {
  const { id, ok, error } = (detail ?? {}) as Record<string, unknown>;
  if (typeof id !== "string") return undefined;
  return { id, ok: ok === true, error: typeof error === "string" ? error : "" };
}
