import { fullTime } from "../../format.ts";
import { agoOf, type Fact } from "../../state/account-card.ts";
import { placeOf } from "../../state/device-card.ts";
import { nodeName } from "../../state/nodes.ts";
import { strings } from "../../strings.ts";
import type { Node } from "../../wire/nodes.ts";

const words = strings.nodes.card;

interface CardProps {
  node: Node;
  /** By the gateway's clock, in Unix milliseconds. */
  now: number;
  onIntent: (kind: "invoke" | "rename") => void;
}

/** One node: whether it is there, what it offers, and what of it the gateway refuses. */
export function NodeCard({ node, now, onIntent }: CardProps) {
  const who = nodeName(node);
  const { of } = strings.nodes;
  const tone = node.connected ? "ok" : "calm";
  return (
    <li class={`card ${tone}`} data-node={node.nodeId}>
      <header class="card-head">
        <h3><bdi>{who}</bdi></h3>
        {!node.paired && <span class="tag bad" title={words.notPairedHint}>{words.notPaired}</span>}
        {node.waiting > 0 && <span class="tag">{words.waiting(node.waiting)}</span>}
        <span class={`state-word ${tone}`}>
          <span class={node.connected ? "dot ok" : "dot idle"} aria-hidden="true" />
          {node.connected ? words.live : words.away}
        </span>
      </header>
      <Facts facts={factsOf(node, now)} />
      <Commands node={node} />
      <div class="card-actions">
        <button type="button" class="quiet outline" aria-label={of(words.invoke, who)} onClick={() => onIntent("invoke")}>
          {words.invoke}
        </button>
        <button type="button" class="quiet outline" aria-label={of(words.rename, who)} onClick={() => onIntent("rename")}>
          {words.rename}
        </button>
      </div>
    </li>
  );
}

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class="card-facts">
      {facts.map(({ name, value, at }) => (
        <div key={name}><dt>{name}</dt><dd title={at ? fullTime(at) : undefined}><bdi>{value}</bdi></dd></div>
      ))}
    </dl>
  );
}

function factsOf(node: Node, now: number): readonly Fact[] {
  const permissions = node.permissions.map(([name, yes]) => (yes ? words.permitted(name) : words.forbidden(name)));
  const facts: readonly Fact[] = [
    { name: words.system, value: node.platform ?? "" },
    { name: words.model, value: node.model ?? "" },
    { name: words.version, value: node.version ?? "" },
    { name: words.since, value: node.connectedAt ? agoOf(node.connectedAt, now) : "", at: node.connectedAt },
    { name: words.from, value: node.connected ? placeOf(node.address) : "" },
    { name: words.caps, value: node.caps.join(", ") },
    { name: words.permissions, value: permissions.join(", ") },
  ];
  return facts.filter(({ value }) => value !== "");
}

function Commands({ node }: { node: Node }) {
  const { connected, commands, blocked } = node;
  if (commands.length + blocked.length === 0) {
    return <p class="hint">{connected ? words.noCommands : words.awayHint}</p>;
  }
  return (
    <div class="commands">
      <h4>{words.commands}</h4>
      <ul class="command-list">
        {commands.map((command) => <li key={command}><code>{command}</code></li>)}
      </ul>
      {blocked.length > 0 && (
        <>
          <h4>{words.blocked}</h4>
          <ul class="command-list refused">
            {blocked.map((command) => <li key={command}><code>{command}</code></li>)}
          </ul>
          <p class="hint">{words.blockedWhy}</p>
        </>
      )}
    </div>
  );
}
