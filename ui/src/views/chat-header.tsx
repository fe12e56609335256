import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { titleOf } from "../session-title.ts";
import { hello } from "../state/gateway.ts";
import { drawerOpen, narrow, type Overlay, overlay } from "../state/page.ts";
import { openKey, openSession } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { DotsIcon, MenuIcon } from "./icons.tsx";
import { useDismiss } from "./use-dismiss.ts";

export function ChatHeader() {
  const title = titleOf(openSession.value, openKey.value);
  const opener = useRef<HTMLButtonElement>(null);
  useFocusAfterDrawer(opener);
  return (
    <header class="chat-head">
      {narrow.value && (
        <button type="button" class="quiet round" ref={opener} aria-label={strings.sessions.open}
          aria-expanded={drawerOpen.value} onClick={openDrawer}>
          <MenuIcon />
        </button>
      )}
      <h1 title={title}>{title}</h1>
      {narrow.value && <ConnectionBadge />}
      <SessionMenu />
    </header>
  );
}

/** A drawer that closes hands the focus back, unless something else has already taken it. */
function useFocusAfterDrawer(opener: RefObject<HTMLButtonElement | null>): void {
  const wasOpen = useRef(false);
  const open = narrow.value && drawerOpen.value;
  useEffect(() => {
    const focused = document.activeElement;
    const lost = !focused || focused === document.body || focused.closest("[inert]") !== null;
    if (wasOpen.current && !open && lost) opener.current?.focus();
    wasOpen.current = open;
  }, [open, opener]);
}

function openDrawer(): void {
  drawerOpen.value = true;
  requestAnimationFrame(() => document.getElementById("search")?.focus());
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
