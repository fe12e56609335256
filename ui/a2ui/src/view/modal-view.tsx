import { useRef } from "preact/hooks";
import type { PartOf } from "../model/parts.ts";
import { strings } from "../strings.ts";
import { NamedIcon } from "./icon-view.tsx";
import { PartView } from "./part-view.tsx";

/** Something that opens a dialog. The browser's dialog keeps the focus inside and closes by Escape. */
export function ModalView({ part: { id, trigger, content, called } }: { part: PartOf<"Modal"> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = () => dialog.current?.showModal();
  const byKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  };
  // A button is reached and pressed by keys as it is; anything else is made so.
  const asButton = trigger.type === "Button" ? {} : { role: "button" as const, tabIndex: 0, onKeyDown: byKey };
  return (
    <div class="modal" data-id={id}>
      <div class="modal-trigger" aria-haspopup={trigger.type === "Button" ? undefined : "dialog"} onClick={open} {...asButton}>
        <PartView part={trigger} />
      </div>
      <dialog class="modal-box" ref={dialog} aria-label={called ?? strings.title}>
        <button type="button" class="modal-close" aria-label={strings.close} onClick={() => dialog.current?.close()}>
          <NamedIcon name="close" />
        </button>
        <PartView part={content} />
      </dialog>
    </div>
  );
}
