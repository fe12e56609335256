import { useCallback, useRef, useState } from "preact/hooks";
import { titleOf } from "../session-title.ts";
import { hasCanvas, shownView, toggleCanvas } from "../state/canvas.ts";
import { hello } from "../state/gateway.ts";
import { narrow, type Overlay, overlay } from "../state/page.ts";
import { openKey, openSession } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { DrawerButton } from "./drawer-button.tsx";
import { CanvasIcon, DotsIcon } from "./icons.tsx";
import { OriginLine } from "./origin-line.tsx";
import { useDismiss } from "./use-dismiss.ts";

export function ChatHeader() {
  const title = titleOf(openSession.value, openKey.value);
  const origin = openSession.value?.origin;
  return (
    <header class="chat-head">
      <DrawerButton />
      <div class="chat-title">
        <h1 title={title}>{title}</h1>
        {(origin || narrow.value) && (
          <div class="chat-under">
            {narrow.value && <ConnectionBadge />}
            {origin && <OriginLine origin={origin} />}
          </div>
        )}
      </div>
      {hasCanvas() && <CanvasButton />}
      <SessionMenu />
    </header>
  );
}

/** Shows what the agent made beside the conversation, and hides it again. */
function CanvasButton() {
  const shown = shownView.value !== undefined;
  return (
    <button type="button" class="quiet round" id="canvas-button" aria-label={strings.canvas.toggle}
      aria-expanded={shown} onClick={toggleCanvas}>
      <CanvasIcon />
    </button>
  );
}

/** Rename, clear, delete: a button that discloses three more. */
function SessionMenu() {
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const dismiss = useCallback((byKeyboard: boolean) => {
    setOpen(false);
    if (byKeyboard) opener.current?.focus();
  }, []);
  useDismiss(box, open, dismiss);
  const choose = (next: Overlay) => (): void => {
    opener.current?.focus();
    setOpen(false);
    overlay.value = next;
  };
  return (
    <div class="menu" ref={box}>
      <button type="button" class="quiet round" ref={opener} aria-label={strings.session.menu}
        aria-expanded={open} aria-controls="session-menu" onClick={() => setOpen(!open)}>
        <DotsIcon />
      </button>
      <div class="menu-items" id="session-menu" hidden={!open}>
        <button type="button" onClick={choose("rename")}>{strings.session.rename}</button>
        <button type="button" onClick={choose("reset")}>{strings.session.reset}</button>
        {openKey.value !== hello.value?.mainSessionKey && (
          <button type="button" class="danger" onClick={choose("delete")}>{strings.session.delete}</button>
        )}
      </div>
    </div>
  );
}
