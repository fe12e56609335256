import { useEffect } from "preact/hooks";

/** Looks now and every `everyMs` milliseconds again, while the page is in sight. */
export function useFreshness(look: () => void, everyMs: number): void {
  useEffect(() => {
    const lookIfSeen = (): void => {
      if (document.visibilityState === "visible") look();
    };
    lookIfSeen();
    const timer = setInterval(lookIfSeen, everyMs);
    return () => clearInterval(timer);
  }, []);
}
