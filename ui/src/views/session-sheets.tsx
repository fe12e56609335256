import { useRef } from "preact/hooks";
import { overlay } from "../state/page.ts";
import { deleteSession, openKey, openSession, patchSession, resetSession } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import { Question } from "./question.tsx";
import { Sheet } from "./sheet.tsx";
import { useAction } from "./use-action.ts";

const words = strings.session;

function close(): void {
  overlay.value = undefined;
}

export function RenameSheet() {
  const field = useRef<HTMLInputElement>(null);
  const { busy, failure, run } = useAction(
    () => patchSession(openKey.value, { label: field.current?.value.trim() || null }),
    close,
  );
  return (
    <Sheet title={words.renameTitle} kind="centre" onClose={close}>
      <form onSubmit={(event) => { event.preventDefault(); void run(); }}>
        <label for="rename">{words.renameField}</label>
        <input id="rename" ref={field} type="text" maxLength={64} data-first autocomplete="off"
          defaultValue={openSession.value?.label ?? ""} aria-describedby="rename-hint" />
        <p class="hint" id="rename-hint">{words.renameHint}</p>
        {failure && <p class="hint wrong" role="alert">{failure}</p>}
        <div class="sheet-actions">
          <button type="button" class="quiet" onClick={close}>{strings.cancel}</button>
          <button type="submit" class="primary" disabled={busy}>{words.renameSave}</button>
        </div>
      </form>
    </Sheet>
  );
}

export function ResetSheet() {
  return (
    <Question title={words.resetTitle} text={words.resetText} confirm={words.resetConfirm}
      action={() => resetSession(openKey.value)} onClose={close} />
  );
}

export function DeleteSheet() {
  return (
    <Question title={words.deleteTitle} text={words.deleteText} confirm={words.deleteConfirm}
      action={() => deleteSession(openKey.value)} onClose={close} />
  );
}
