import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { strings } from "../strings.ts";
import { CloseIcon } from "./icons.tsx";

interface SheetProps {
  title: string;
  /** `wide` keeps its head and its buttons in sight: what is between them scrolls by itself. */
  kind: "side" | "centre" | "centre broad" | "wide";
  onClose: () => void;
  children: ComponentChildren;
}

/** A modal of the browser itself: it keeps the focus, and Escape closes it. */
export function Sheet({ title, kind, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    element?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      element?.close();
      // What opened it may be gone, as the last question of a list.
      const back = before instanceof HTMLElement && before.isConnected ? before : document.getElementById("main");
      back?.focus();
    };
  }, []);
  const pressOnBackdrop = (event: MouseEvent): void => {
    if (event.target === dialog.current) onClose();
  };
  return (
    <dialog ref={dialog} class={`sheet ${kind}`} aria-labelledby={titleId}
      onCancel={(event) => { event.preventDefault(); onClose(); }} onMouseDown={pressOnBackdrop}>
      <div class="sheet-body">
        <header class="sheet-head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="quiet round" aria-label={strings.close} onClick={onClose}>
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
