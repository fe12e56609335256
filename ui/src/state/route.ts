import { signal } from "@preact/signals";

/** What stands beside the list of conversations. */
export type View = "chat" | "channels";

/** The address stays `/`: the browser's history remembers the view, so that Back and a reload work. */
export const view = signal<View>(viewOf(history.state));

function viewOf(state: unknown): View {
  return (state as { view?: unknown } | null)?.view === "channels" ? "channels" : "chat";
}

export function show(next: View): void {
  if (view.value === next) return;
  history.pushState({ view: next }, "");
  view.value = next;
}

addEventListener("popstate", (event) => {
  view.value = viewOf(event.state);
});
