import { agentName, gatewayRules, policy, policyFailure, ruled } from "../../state/rules.ts";
import { strings } from "../../strings.ts";
import { Loading } from "../loading.tsx";
import { RuleCards } from "./rule-cards.tsx";

const words = strings.approvals.rules;

/** What the gateway does with a program that nobody has been asked about, and what it remembers. */
export function RulesSection({ now }: { now: number }) {
  const told = policy.value;
  return (
    <section aria-labelledby="rules-title">
      <h2 id="rules-title">{words.region}</h2>
      <p class="muted section-lead">{words.lead}</p>
      {policyFailure.value && <p class="hint wrong">{words.unknown(policyFailure.value)}</p>}
      {!told && !policyFailure.value && <Loading text={words.loading} rows={2} />}
      {told && <RuleCards told={told} agents={ruled.value} nameOf={agentName} place="gateway" keeper={gatewayRules} now={now} />}
      {told && told.agents.every(({ remembered }) => remembered.length === 0) && (
        <p class="none remembered-none">{words.none} {words.noneHint}</p>
      )}
    </section>
  );
}
