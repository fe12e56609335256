import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Calls `dismiss` on Escape, on a press outside, and when the focus leaves. */
export function useDismiss(
  box: RefObject<HTMLElement | null>,
  open: boolean,
  dismiss: (byKeyboard: boolean) => void,
): void {
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      dismiss(true);
    };
    const onPress = (event: Event): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) dismiss(false);
    };
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("pointerdown", onPress);
    document.addEventListener("focusin", onPress);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("pointerdown", onPress);
      document.removeEventListener("focusin", onPress);
    };
  }, [open, dismiss, box]);
}
