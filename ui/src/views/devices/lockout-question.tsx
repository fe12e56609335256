import { useState } from "preact/hooks";
import { strings } from "../../strings.ts";
import { AlertIcon } from "../icons.tsx";
import { Question } from "../question.tsx";

const words = strings.devices.lockout;

interface LockoutQuestionProps {
  title: string;
  words: { text: string; confirm: string };
  /** What ends by it. */
  ends: readonly string[];
  /** Why this could lock its own doer out; none if it cannot. */
  warnings: readonly string[];
  action: () => Promise<void>;
  onClose: () => void;
}

/** Asks before a device loses its access: says what ends, and shows the way back to whoever might lose their own. */
export function LockoutQuestion({ title, words: { text, confirm }, ends, warnings, action, onClose }: LockoutQuestionProps) {
  const [sure, setSure] = useState(false);
  const danger = warnings.length > 0;
  return (
    <Question title={title} text={text} confirm={danger ? words.ownConfirm : confirm} blocked={danger && !sure}
      action={action} onClose={onClose}>
      {ends.length > 0 && (
        <>
          <h3>{strings.devices.ends.title}</h3>
          <ul class="rights ends">{ends.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        </>
      )}
      {danger && <Warning warnings={warnings} sure={sure} onSure={setSure} />}
    </Question>
  );
}

interface WarningProps {
  warnings: readonly string[];
  sure: boolean;
  onSure: (sure: boolean) => void;
}

/** The way back, and a tick that somebody has read it. */
function Warning({ warnings, sure, onSure }: WarningProps) {
  return (
    <div class="problem lockout">
      <AlertIcon />
      <div>
        {warnings.map((warning) => <p key={warning} class="strong">{warning}</p>)}
        <p>{words.back}</p>
        <pre class="command"><code>{words.command}</code></pre>
        <label class="sure">
          <input type="checkbox" checked={sure} onChange={(event) => onSure(event.currentTarget.checked)} />
          <span>{words.sure}</span>
        </label>
      </div>
    </div>
  );
}
