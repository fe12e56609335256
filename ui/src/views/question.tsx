import type { ComponentChildren } from "preact";
import { strings } from "../strings.ts";
import { Sheet } from "./sheet.tsx";
import { useAction } from "./use-action.ts";

interface QuestionProps {
  title: string;
  text: string;
  confirm: string;
  action: () => Promise<void>;
  onClose: () => void;
  /** Whether something is to be done before it can be confirmed. */
  blocked?: boolean;
  /** What else is to be known before the answer. */
  children?: ComponentChildren;
  /** After the action worked; closes if absent. */
  onDone?: () => void;
}

/** Asks once more before something that cannot be taken back. */
export function Question({ title, text, confirm, action, onClose, blocked = false, children, onDone = onClose }: QuestionProps) {
  const { busy, failure, run } = useAction(action, onDone);
  return (
    <Sheet title={title} kind="centre" onClose={onClose}>
      <p>{text}</p>
      {children}
      {failure && <p class="hint wrong" role="alert">{failure}</p>}
      <div class="sheet-actions">
        <button type="button" class="quiet" data-first onClick={onClose}>{strings.cancel}</button>
        <button type="button" class="primary danger" disabled={busy || blocked} onClick={() => void run()}>
          {confirm}
        </button>
      </div>
    </Sheet>
  );
}
