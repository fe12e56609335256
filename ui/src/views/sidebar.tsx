import { useEffect, useRef } from "preact/hooks";
import { drawerOpen, listHidden, narrow } from "../state/page.ts";
import { show } from "../state/route.ts";
import { found, search, sessions, setSearch, startNew } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import type { Session } from "../wire/session.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { CloseIcon, Logo, PlusIcon, SearchIcon } from "./icons.tsx";
import { PageLinks } from "./page-links.tsx";
import { SessionList } from "./session-list.tsx";
import { ThemeButton } from "./theme-button.tsx";

const words = strings.sessions;

/** The list of conversations: a column on wide pages, a drawer on narrow ones. */
export function Sidebar() {
  const begin = (): void => {
    startNew();
    show("chat");
    drawerOpen.value = false;
    document.getElementById("message")?.focus();
  };
  return (
    <nav class={listHidden.value ? "sidebar" : "sidebar open"} aria-label={words.region}
      inert={listHidden.value} onKeyDown={walkRows}>
      <div class="sidebar-top">
        <span class="brand"><Logo /> {strings.product}</span>
        {narrow.value && (
          <button type="button" class="quiet round" aria-label={words.closeDrawer}
            onClick={() => { drawerOpen.value = false; }}>
            <CloseIcon />
          </button>
        )}
      </div>
      <button type="button" class="new" onClick={begin}><PlusIcon />{words.new}</button>
      <SearchBox />
      <Results />
      <PageLinks />
      <div class="sidebar-foot"><ConnectionBadge /><ThemeButton /></div>
    </nav>
  );
}

function SearchBox() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      drawerOpen.value = true;
      // A hidden drawer takes no focus before it is drawn; elsewhere no letter may get lost.
      if (narrow.value) requestAnimationFrame(() => field.current?.select());
      else field.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") return openFirstRow();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (search.value !== "") setSearch("");
    else leave();
  };
  return (
    <div class="search">
      <SearchIcon />
      <input ref={field} id="search" type="search" aria-label={words.search} autocomplete="off"
        placeholder={words.searchHint} value={search.value} onKeyDown={onKeyDown}
        onInput={(event) => setSearch(event.currentTarget.value)} />
      <kbd aria-hidden="true">{/Mac|iP/.test(navigator.platform) ? "⌘K" : "Ctrl K"}</kbd>
    </div>
  );
}

/** The best match is the first row. */
function openFirstRow(): void {
  if (search.value.trim() === "" || !found.value?.length) return;
  document.querySelector<HTMLElement>(".sidebar .row")?.click();
  leave();
}

/** The arrow keys walk over the rows, and from the first one back into the search. */
function walkRows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const now = event.target;
  if (!step || !(now instanceof HTMLElement)) return;
  const stops = [...document.querySelectorAll<HTMLElement>("#search, .sidebar .row")];
  const next = stops[stops.indexOf(now) + step];
  if (!stops.includes(now) || !next) return;
  event.preventDefault();
  next.focus();
}

function leave(): void {
  drawerOpen.value = false;
  document.getElementById("message")?.focus();
}

function Results() {
  const matches = found.value;
  const rows: readonly Session[] = matches ?? sessions.value;
  return (
    <div class="sidebar-list">
      <p class="sr-only" role="status">{matches && words.found(matches.length)}</p>
      {matches?.length === 0 && <p class="none">{words.nothingFound(search.value.trim())}</p>}
      {!matches && rows.length === 0 && <p class="none">{words.none}</p>}
      <SessionList rows={rows} />
    </div>
  );
}
