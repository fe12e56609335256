import { useState } from "preact/hooks";
import { forget, type RuleKeeper } from "../../state/rule-change.ts";
import { effective, hasOwn, ownOf, sentencesOf } from "../../state/rule-words.ts";
import { strings } from "../../strings.ts";
import { ANY_AGENT, DEFAULTS, nameOf as entryName, type Policy, type Remembered } from "../../wire/rules.ts";
import { Question } from "../question.tsx";
import { RememberedCommand } from "./remembered.tsx";
import { type RulePlace, RuleSheet } from "./rule-sheet.tsx";

const words = strings.approvals.rules;

interface RuleCardsProps {
  told: Policy;
  /** Whose rules are shown. */
  agents: readonly string[];
  /** An agent's own name where it has one beside its id. */
  nameOf: (agent: string) => string | undefined;
  place: RulePlace;
  keeper: RuleKeeper;
  /** By the gateway's clock, in Unix milliseconds. */
  now: number;
}

/** A card for each agent that rules are for, each changed in a sheet. */
export function RuleCards({ told, agents, nameOf, place, keeper, now }: RuleCardsProps) {
  const [leaving, setLeaving] = useState<Remembered>();
  const [editing, setEditing] = useState<string>();
  return (
    <>
      <ul class="rule-cards">
        {agents.map((agent) => (
          <AgentCard key={agent} agent={agent} name={nameOf(agent)} told={told} now={now} onChange={() => setEditing(agent)} onForget={setLeaving} />
        ))}
      </ul>
      {editing !== undefined && (
        <RuleSheet agent={editing} who={whoOf(editing)} told={told} place={place} keeper={keeper} onClose={() => setEditing(undefined)} />
      )}
      {leaving && (
        <Question title={words.forgetTitle} text={words.forgetText} confirm={words.forgetConfirm}
          action={() => forget(keeper, leaving)} onClose={() => setLeaving(undefined)} />
      )}
    </>
  );
}

function whoOf(agent: string): string {
  if (agent === DEFAULTS) return words.defaults;
  return agent === ANY_AGENT ? words.anyAgent : words.agent(agent);
}

interface AgentCardProps {
  agent: string;
  name: string | undefined;
  told: Policy;
  now: number;
  onChange: () => void;
  onForget: (entry: Remembered) => void;
}

/** What holds for one agent, in sentences, and what was allowed to it for ever. */
function AgentCard({ agent, name, told, now, onChange, onForget }: AgentCardProps) {
  const who = whoOf(agent);
  const remembered = told.agents.find((one) => one.agent === agent)?.remembered ?? [];
  return (
    <li class="rule-card" data-agent={agent === DEFAULTS ? "defaults" : agent}>
      <header class="rule-head">
        <div class="card-head">
          <h3>{who} {name && <span class="card-name">{name}</span>}</h3>
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
              <RememberedCommand key={entryName(entry)} entry={entry} now={now} onForget={() => onForget(entry)} />
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
