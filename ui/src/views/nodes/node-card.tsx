import { fullTime } from "../../format.ts";
import type { Fact } from "../../state/account-card.ts";
import { sentTo } from "../../state/invocations.ts";
import { factsOf, grouped } from "../../state/node-card.ts";
import { nodeName } from "../../state/nodes.ts";
import { show } from "../../state/route.ts";
import { strings } from "../../strings.ts";
import { entryOf } from "../../wire/catalogue.ts";
import type { Node } from "../../wire/nodes.ts";
import { NodeRulesFold } from "./node-rules.tsx";
import { SentCommands } from "./sent-commands.tsx";

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
        <span class={`state-word ${tone}`}>
          <span class={node.connected ? "dot ok" : "dot idle"} aria-hidden="true" />
          {node.connected ? words.live : words.away}
        </span>
        {(!node.paired || node.waiting > 0) && (
          <p class="card-tags">
            {!node.paired && <span class="tag bad">{words.notPaired}</span>}
            {node.waiting > 0 && <span class="tag">{words.waiting(node.waiting)}</span>}
          </p>
        )}
      </header>
      {!node.paired && <p class="hint">{words.notPairedHint}</p>}
      <Facts facts={factsOf(node, now)} />
      <Commands node={node} />
      <NodeRulesFold node={node} now={now} />
      <SentCommands sent={sentTo(node)} now={now} />
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

function Commands({ node }: { node: Node }) {
  const { connected, commands, blocked, unapproved } = node;
  if (commands.length + blocked.length + unapproved.length === 0) {
    return <p class="hint">{connected ? words.noCommands : words.awayHint}</p>;
  }
  return (
    <div class="commands">
      {grouped(commands).map(({ risk, commands: same }) => (
        <CommandList key={risk} kind={risk} title={strings.nodes.risks[risk] ?? words.commands} commands={same} />
      ))}
      {unapproved.length > 0 && (
        <>
          <CommandList kind="unapproved" title={words.unapproved} commands={unapproved} />
          <p class="hint">{words.unapprovedWhy}</p>
          <button type="button" class="quiet outline" aria-label={strings.nodes.of(words.approve, nodeName(node))} onClick={() => show("devices")}>
            {words.approve}
          </button>
        </>
      )}
      {blocked.length > 0 && (
        <>
          <CommandList kind="blocked" title={words.blocked} commands={blocked} />
          <p class="hint">{words.blockedWhy}</p>
        </>
      )}
    </div>
  );
}

interface CommandListProps {
  /** A risk, `unapproved`, or `blocked`. */
  kind: string;
  title: string;
  commands: readonly string[];
}

function CommandList({ kind, title, commands }: CommandListProps) {
  return (
    <>
      <h4>{title}</h4>
      <ul class={`command-list ${kind}`}>
        {commands.map((command) => <li key={command} title={entryOf(command)?.doc}><code>{command}</code></li>)}
      </ul>
    </>
  );
}
