import { useRef, useState } from "preact/hooks";
import { overlay } from "../state/page.ts";
import { deleteSession, openKey, openSession, patchSession, resetSession } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import { Sheet } from "./sheet.tsx";

const words = strings.session;

function close(): void {
  overlay.value = undefined;
}

/** Runs an action, closes the sheet when it worked, and else says why it did not. */
function useAction(action: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await action();
      close();
    } catch (error) {
      setFailure(words.failed(error instanceof Error ? error.message : String(error)));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run };
}

export function RenameSheet() {
  const field = useRef<HTMLInputElement>(null);
  const { busy, failure, run } = useAction(() =>
    patchSession(openKey.value, { label: field.current?.value.trim() || null }),
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

interface QuestionProps {
  title: string;
  text: string;
  confirm: string;
  action: () => Promise<void>;
}

function Question({ title, text, confirm, action }: QuestionProps) {
  const { busy, failure, run } = useAction(action);
  return (
    <Sheet title={title} kind="centre" onClose={close}>
      <p>{text}</p>
      {failure && <p class="hint wrong" role="alert">{failure}</p>}
      <div class="sheet-actions">
        <button type="button" class="quiet" data-first onClick={close}>{strings.cancel}</button>
        <button type="button" class="primary danger" disabled={busy} onClick={() => void run()}>
          {confirm}
        </button>
      </div>
    </Sheet>
  );
}

export function ResetSheet() {
  return (
    <Question title={words.resetTitle} text={words.resetText} confirm={words.resetConfirm}
      action={() => resetSession(openKey.value)} />
  );
}

export function DeleteSheet() {
  return (
    <Question title={words.deleteTitle} text={words.deleteText} confirm={words.deleteConfirm}
      action={() => deleteSession(openKey.value)} />
  );
}
