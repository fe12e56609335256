import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawerOpen, narrow } from "../state/page.ts";
import { strings } from "../strings.ts";
import { MenuIcon } from "./icons.tsx";

/** Opens the list of conversations, where the page is too narrow to show it always. */
export function DrawerButton() {
  const opener = useRef<HTMLButtonElement>(null);
  useFocusAfterDrawer(opener);
  if (!narrow.value) return null;
  return (
    <button type="button" class="quiet round" ref={opener} aria-label={strings.sessions.open}
      aria-expanded={drawerOpen.value} onClick={openDrawer}>
      <MenuIcon />
    </button>
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
