import { notice } from "../state/page.ts";

/** Spoken through the page's live region, so this one is for the eye. */
export function Notice() {
  return notice.value === "" ? null : <p class="notice">{notice.value}</p>;
}
