import { useState } from "preact/hooks";
import { effective, hasOwn, ownOf, sentencesOf } from "../../state/rule-words.ts";
import { agentName, forget, policy, policyFailure, ruled } from "../../state/rules.ts";
import { strings } from "../../strings.ts";
import { ANY_AGENT, DEFAULTS, nameOf, type Policy, type Remembered } from "../../wire/rules.ts";
import { Loading } from "../loading.tsx";
import { Question } from "../question.tsx";
import { RememberedCommand } from "./remembered.tsx";
import { RuleSheet } from "./rule-sheet.tsx";

const words = strings.approvals.rules;

/** What the gateway does with a program that nobody has been asked about, and what it remembers. */
export function RulesSection({ now }: { now: number }) {
  const [leaving, setLeaving] = useState<Remembered>();
  const [editing, setEditing] = useState<string>();
  const told = policy.value;
  return (
    <section aria-labelledby="rules-title">
      <h2 id="rules-title">{words.region}</h2>
      <p class="muted section-lead">{words.lead}</p>
      {policyFailure.value && <p class="hint wrong">{words.unknown(policyFailure.value)}</p>}
      {!told && !policyFailure.value && <Loading text={words.loading} rows={2} />}
      <ul class="rule-cards">
        {told && ruled.value.map((agent) => (
          <AgentCard key={agent} agent={agent} told={told} now={now} onChange={() => setEditing(agent)} onForget={setLeaving} />
        ))}
      </ul>
      {told && told.agents.every(({ remembered }) => remembered.length === 0) && (
        <p class="none remembered-none">{words.none} {words.noneHint}</p>
      )}
      {editing !== undefined && told && (
        <RuleSheet agent={editing} who={whoOf(editing)} told={told} onClose={() => setEditing(undefined)} />
      )}
      {leaving && (
        <Question title={words.forgetTitle} text={words.forgetText} confirm={words.forgetConfirm}
          action={() => forget(leaving)} onClose={() => setLeaving(undefined)} />
      )}
    </section>
  );
}

function whoOf(agent: string): string {
  if (agent === DEFAULTS) return words.defaults;
  return agent === ANY_AGENT ? words.anyAgent : words.agent(agent);
}

interface AgentCardProps {
  agent: string;
  told: Policy;
  now: number;
  onChange: () => void;
  onForget: (entry: Remembered) => void;
}

/** What holds for one agent, in sentences, and what was allowed to it for ever. */
function AgentCard({ agent, told, now, onChange, onForget }: AgentCardProps) {
  const who = whoOf(agent);
  const remembered = told.agents.find((one) => one.agent === agent)?.remembered ?? [];
  return (
    <li class="rule-card" data-agent={agent === DEFAULTS ? "defaults" : agent}>
      <header class="rule-head">
        <div class="card-head">
          <h3>{who} {agentName(agent) && <span class="card-name">{agentName(agent)}</span>}</h3>
          <Aside agent={agent} told={told} />
        </div>
        <button type="button" class="quiet outline" aria-label={words.of(words.change, who)} onClick={onChange}>{words.change}</button>
      </header>
      <ul class="rule-words">
        {sentencesOf(effective(told, agent)).map((sentence) => <li key={sentence}>{sentence}</li>)}
      </ul>
      {remembered.length > 0 && (
        <>
          <h4>{words.remembered}</h4>
          <ul class="remembered-list" aria-label={`${words.remembered}: ${who}`}>
            {remembered.map((entry) => (
              <RememberedCommand key={nameOf(entry)} entry={entry} now={now} onForget={() => onForget(entry)} />
            ))}
          </ul>
        </>
      )}
    </li>
  );
}

/** Where the rules of a card come from. */
function Aside({ agent, told }: { agent: string; told: Policy }) {
  if (agent === DEFAULTS) return <span class="muted card-aside">{words.defaultsHint}</span>;
  if (agent === ANY_AGENT) return <span class="muted card-aside">{words.anyAgentHint}</span>;
  return <span class="tag">{hasOwn(ownOf(told, agent)) ? words.ownRules : words.inherits}</span>;
}
