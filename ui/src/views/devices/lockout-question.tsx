import { strings } from "../../strings.ts";
import { AlertIcon } from "../icons.tsx";
import { Question } from "../question.tsx";

const words = strings.devices.lockout;

interface LockoutQuestionProps {
  title: string;
  words: { text: string; confirm: string };
  /** Why this could lock its own doer out; none if it cannot. */
  warnings: readonly string[];
  action: () => Promise<void>;
  onClose: () => void;
}

/** Asks before a device loses its access, and shows the way back to whoever might lose their own. */
export function LockoutQuestion({ title, words: { text, confirm }, warnings, action, onClose }: LockoutQuestionProps) {
  const danger = warnings.length > 0;
  return (
    <Question title={title} text={text} confirm={danger ? words.ownConfirm : confirm} action={action} onClose={onClose}>
      {danger && (
        <div class="problem lockout">
          <AlertIcon />
          <div>
            {warnings.map((warning) => <p key={warning} class="strong">{warning}</p>)}
            <p>{words.back}</p>
            <pre class="command"><code>{words.command}</code></pre>
          </div>
        </div>
      )}
    </Question>
  );
}
