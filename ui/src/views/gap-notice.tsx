import { gapNotice } from "../state/page.ts";
import { strings } from "../strings.ts";

/** Spoken through the page's live region, so this one is for the eye. */
export function GapNotice() {
  if (!gapNotice.value) return null;
  return <p class="gap-notice">{strings.connection.gap}</p>;
}
