import { computed, signal } from "@preact/signals";
import { announce } from "./announce.ts";
import { browser, keep, recall } from "./storage.ts";

/** At most one sheet or question is open over the page. */
export type Overlay = "details" | "forget" | "rename" | "reset" | "delete" | "approval" | undefined;
export const overlay = signal<Overlay>(undefined);

const narrowQuery = matchMedia("(max-width: 52rem)");
export const narrow = signal(narrowQuery.matches);
narrowQuery.addEventListener("change", () => {
  narrow.value = narrowQuery.matches;
});

/** Only of meaning at narrow widths; wide pages always show the list. */
export const drawerOpen = signal(false);
export const listHidden = computed(() => narrow.value && !drawerOpen.value);

/** A sentence that is shown for a moment and spoken once. */
export const notice = signal("");
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

export function showNotice(sentence: string): void {
  notice.value = sentence;
  announce(sentence);
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    notice.value = "";
  }, 6_000);
}

export type Theme = "auto" | "light" | "dark";
const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export const theme = signal<Theme>(recall<Theme>(browser, "theme", "auto"));

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
  keep(browser, "theme", theme.value);
  document.documentElement.dataset.theme = theme.value;
}
