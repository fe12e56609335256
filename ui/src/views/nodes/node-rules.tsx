import { useState } from "preact/hooks";
import { type NodeRules, rulesOfNode } from "../../state/node-rules.ts";
import { agentName } from "../../state/rules.ts";
import { strings } from "../../strings.ts";
import type { Node } from "../../wire/nodes.ts";
import { DEFAULTS } from "../../wire/rules.ts";
import { RuleCards } from "../approvals/rule-cards.tsx";
import { Loading } from "../loading.tsx";

const words = strings.nodes.rules;
/** Without both, its rules can be looked at and changed at the node only. */
const NEEDED: readonly string[] = ["system.execApprovals.get", "system.execApprovals.set"];

interface NodeRulesProps {
  node: Node;
  /** By the gateway's clock, in Unix milliseconds. */
  now: number;
}

/** The rules by which a node decides about programs itself. It is asked for them when they are looked at. */
export function NodeRulesFold({ node, now }: NodeRulesProps) {
  const [keeper] = useState(() => rulesOfNode(node.nodeId));
  if (!node.connected || !NEEDED.every((command) => node.commands.includes(command))) return null;
  return (
    <details class="fold node-rules" onToggle={(event) => event.currentTarget.open && void keeper.refresh()}>
      <summary>{words.title}</summary>
      <p class="hint">{words.lead}</p>
      <Kept keeper={keeper} now={now} />
    </details>
  );
}

function Kept({ keeper, now }: { keeper: NodeRules; now: number }) {
  const told = keeper.policy.value;
  const failure = keeper.failure.value;
  if (failure) return <p class="hint wrong" role="alert">{words.unknown(failure)}</p>;
  if (!told) return <Loading text={words.loading} rows={1} />;
  const agents = [DEFAULTS, ...told.agents.map(({ agent }) => agent)];
  return <RuleCards told={told} agents={agents} nameOf={agentName} place="node" keeper={keeper} now={now} />;
}
