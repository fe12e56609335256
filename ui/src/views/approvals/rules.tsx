import { useState } from "preact/hooks";
import { agoOf } from "../../state/account-card.ts";
import { forget, policy, policyFailure } from "../../state/rules.ts";
import { strings } from "../../strings.ts";
import type { Remembered, Rules as RuleWords } from "../../wire/rules.ts";
import { Question } from "../question.tsx";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals.rules;
const ANY_AGENT = "*";

/** What the gateway does with a program that nobody has been asked about, and what it remembers. */
export function RulesSection({ now }: { now: number }) {
  const [leaving, setLeaving] = useState<Remembered>();
  const told = policy.value;
  return (
    <section aria-labelledby="rules-title">
      <h2 id="rules-title">{words.region}</h2>
      {policyFailure.value && <p class="hint wrong">{words.unknown(policyFailure.value)}</p>}
      {told && <Defaults rules={told.defaults} />}
      {told?.remembered.length === 0 && <p class="none">{words.none}</p>}
      <ul class="people">
        {told?.remembered.map((entry) => (
          <Entry key={`${entry.agent}/${entry.id ?? entry.index}`} entry={entry} now={now} onForget={() => setLeaving(entry)} />
        ))}
      </ul>
      {leaving && (
        <Question title={words.forgetTitle} text={words.forgetText} confirm={words.forgetConfirm}
          action={() => forget(leaving)} onClose={() => setLeaving(undefined)} />
      )}
    </section>
  );
}

/** What holds unless an agent has rules of its own. */
function Defaults({ rules: { security = "allowlist", ask = "on-miss", fallback = "deny" } }: { rules: RuleWords }) {
  return (
    <ul class="rule-words">
      <li>{words.security[security] ?? security}</li>
      <li>{words.ask[ask] ?? ask}</li>
      {ask !== "off" && <li>{words.fallback[fallback] ?? fallback}</li>}
    </ul>
  );
}

interface EntryProps {
  entry: Remembered;
  now: number;
  onForget: () => void;
}

function Entry({ entry, now, onForget }: EntryProps) {
  const { agent, path, argv, cwd, sha256, addedAt, usedAt } = entry;
  return (
    <li class="person remembered">
      <div class="who-words">
        <code><VisibleText text={path} /></code>
        {argv && argv.length > 1 && <code class="remembered-arguments">{argv.slice(1).map((one, index) => <VisibleText key={index} text={one} />)}</code>}
        <span class="muted">
          {[
            agent === ANY_AGENT ? words.everyAgent : words.agent(agent),
            cwd && words.folder(cwd),
            addedAt && words.added(agoOf(addedAt, now)),
            usedAt ? words.used(agoOf(usedAt, now)) : words.unused,
          ].filter(Boolean).join(", ")}
        </span>
        {!sha256 && <span class="hint">{words.withoutEffect}</span>}
      </div>
      <button type="button" class="quiet outline" aria-label={words.of(words.forget, path)} onClick={onForget}>
        {words.forget}
      </button>
    </li>
  );
}
