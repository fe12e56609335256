import { useRef, useState } from "preact/hooks";
import { strings } from "../strings.ts";
import { Sheet } from "./sheet.tsx";
import { useAction } from "./use-action.ts";

/** Longest name that the gateway takes, in characters. */
const MOST_CHARS = 64;

interface NameSheetProps {
  words: { title: string; field: string; save: string; empty: string };
  value: string;
  save: (name: string) => Promise<void>;
  onClose: () => void;
}

/** Asks for a name, which may not be empty. */
export function NameSheet({ words, value, save, onClose }: NameSheetProps) {
  const field = useRef<HTMLInputElement>(null);
  const [empty, setEmpty] = useState(false);
  const { busy, failure, run } = useAction(save, onClose);
  const submit = (event: Event): void => {
    event.preventDefault();
    const name = field.current?.value.trim() ?? "";
    setEmpty(name === "");
    if (name !== "") void run(name);
  };
  return (
    <Sheet title={words.title} kind="centre" onClose={onClose}>
      <form onSubmit={submit}>
        <label for="new-name">{words.field}</label>
        <input id="new-name" ref={field} type="text" maxLength={MOST_CHARS} data-first autocomplete="off"
          defaultValue={value} aria-invalid={empty} />
        {(empty || failure) && <p class="hint wrong" role="alert">{empty ? words.empty : failure}</p>}
        <div class="sheet-actions">
          <button type="button" class="quiet" onClick={onClose}>{strings.cancel}</button>
          <button type="submit" class="primary" disabled={busy}>{words.save}</button>
        </div>
      </form>
    </Sheet>
  );
}
