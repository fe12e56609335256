import { signal } from "@preact/signals";
import { keep, recall, tab } from "./storage.ts";

const drafts = signal<Readonly<Record<string, string>>>(recall(tab, "drafts", {}));

/** What is written and not sent yet, for each conversation. */
export function draftOf(sessionKey: string): string {
  return drafts.value[sessionKey] ?? "";
}

export function setDraft(sessionKey: string, text: string): void {
  const { [sessionKey]: _old, ...others } = drafts.value;
  drafts.value = text === "" ? others : { ...others, [sessionKey]: text };
  keep(tab, "drafts", drafts.value);
}

/** Adds text that came back, before what is being written now. */
export function returnToDraft(sessionKey: string, text: string): void {
  const now = draftOf(sessionKey);
  setDraft(sessionKey, now === "" ? text : `${text}\n${now}`);
}
