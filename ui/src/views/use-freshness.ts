import { useEffect } from "preact/hooks";
import { isReady } from "../state/gateway.ts";

/** Looks now, with each new connection, and every `everyMs` milliseconds again, while the page is in sight. */
export function useFreshness(look: () => void, everyMs: number): void {
  const ready = isReady.value;
  useEffect(() => {
    if (!ready) return;
    const lookIfSeen = (): void => {
      if (document.visibilityState === "visible") look();
    };
    lookIfSeen();
    const timer = setInterval(lookIfSeen, everyMs);
    return () => clearInterval(timer);
  }, [ready]);
}
