import { useLayoutEffect, useRef } from "preact/hooks";
import { stopRun, turns } from "../state/conversation.ts";
import { draftOf, setDraft } from "../state/drafts.ts";
import { hello, isReady } from "../state/gateway.ts";
import { say } from "../state/outbox.ts";
import { openKey } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import { SendIcon, StopIcon } from "./icons.tsx";
import { ModelPicker, ThinkingPicker } from "./pickers.tsx";

const words = strings.composer;
/** Room in a frame for what stands around the text. */
const FRAME_ROOM = 4_096;
/** Characters that the gateway takes in one message. */
const MOST_CHARS = 131_072;

function isTooLong(text: string): boolean {
  if (text.length > MOST_CHARS) return true;
  const most = (hello.value?.maxPayload ?? 524_288) - FRAME_ROOM;
  // A character takes at most six bytes in JSON, so short texts need no measuring.
  return text.length * 6 > most && new TextEncoder().encode(JSON.stringify(text)).length > most;
}

export function Composer() {
  const field = useRef<HTMLTextAreaElement>(null);
  const key = openKey.value;
  const draft = draftOf(key);
  const running = turns.value.run !== undefined;
  const tooLong = isTooLong(draft);
  const sendable = draft.trim() !== "" && !tooLong;
  useGrowth(field, draft);
  // With the drawing, not after it: a key pressed in between would lose the focus that it asked for.
  useLayoutEffect(() => {
    if (matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [key]);

  const send = (): void => {
    if (!sendable) return;
    say(key, draft.trim());
    setDraft(key, "");
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const plain = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    // On a touch keyboard Enter is the only way to a new line.
    if (!plain || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    send();
  };
  return (
    <form class="composer" aria-label={words.region}
      onSubmit={(event) => { event.preventDefault(); send(); }}>
      <div class="composer-card">
        <label class="sr-only" for="message">{words.field}</label>
        <textarea id="message" ref={field} rows={1} value={draft} placeholder={placeholder(running)}
          aria-describedby="composer-hint" onKeyDown={onKeyDown}
          onInput={(event) => setDraft(key, event.currentTarget.value)} />
        <div class="composer-row">
          <ModelPicker />
          <ThinkingPicker />
          <span class="spacer" />
          {running && (
            <button type="button" class="stop" aria-label={words.stop} title={words.stop}
              onClick={() => void stopRun()}>
              <StopIcon />
            </button>
          )}
          {(!running || sendable) && (
            <button type="submit" class="send" aria-label={words.send} title={words.send}
              disabled={!sendable}>
              <SendIcon />
            </button>
          )}
        </div>
      </div>
      <p id="composer-hint" class={tooLong ? "hint wrong" : "hint"}>
        {tooLong ? words.tooLong : words.hint}
      </p>
    </form>
  );
}

function placeholder(running: boolean): string {
  if (!isReady.value) return words.placeholderOffline;
  return running ? words.placeholderBusy : words.placeholder;
}

/** The field is as high as its text, up to a limit that the style sheet sets. */
function useGrowth(field: { current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text, field]);
}
