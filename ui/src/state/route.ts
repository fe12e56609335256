import { signal } from "@preact/signals";

/** What stands beside the list of conversations. */
export type View = "chat" | Page;
/** A page of its own, in the order in which they are listed. */
export type Page = (typeof PAGES)[number];
export const PAGES = ["channels", "devices", "nodes", "approvals"] as const;

/** The address stays `/`: the browser's history remembers the view, so that Back and a reload work. */
export const view = signal<View>(viewOf(history.state));

function viewOf(state: unknown): View {
  const named = (state as { view?: unknown } | null)?.view;
  return PAGES.find((page) => page === named) ?? "chat";
}

export function show(next: View): void {
  if (view.value === next) return;
  history.pushState({ view: next }, "");
  view.value = next;
}

addEventListener("popstate", (event) => {
  view.value = viewOf(event.state);
});
