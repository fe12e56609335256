import { useState } from "preact/hooks";
import { nodes, nodesFailure, renameNode } from "../../state/nodes.ts";
import { strings } from "../../strings.ts";
import type { Node } from "../../wire/nodes.ts";
import { SetupSheet } from "../devices/setup-sheet.tsx";
import { NodesIcon, PlusIcon } from "../icons.tsx";
import { Loading } from "../loading.tsx";
import { NameSheet } from "../name-sheet.tsx";
import { InvokeSheet } from "./invoke-sheet.tsx";
import { NodeCard } from "./node-card.tsx";

const words = strings.nodes;

interface Intent {
  kind: "invoke" | "rename";
  nodeId: string;
}

/** A card for each node, or how to get the first one. */
export function NodeList({ now }: { now: number }) {
  const [intent, setIntent] = useState<Intent>();
  const [adding, setAdding] = useState(false);
  const told = nodes.value;
  const close = (): void => setIntent(undefined);
  const chosen = told?.find(({ nodeId }) => nodeId === intent?.nodeId);
  return (
    <section aria-labelledby="nodes-title">
      <h2 id="nodes-title">{words.card.region}</h2>
      {!told && !nodesFailure.value && <Loading text={words.loading} />}
      {told?.length === 0 && <NoNode onAdd={() => setAdding(true)} />}
      <ul class="cards">
        {told?.map((node) => (
          <NodeCard key={node.nodeId} node={node} now={now}
            onIntent={(kind) => setIntent({ kind, nodeId: node.nodeId })} />
        ))}
      </ul>
      {adding && <SetupSheet profile="node" onClose={() => setAdding(false)} />}
      {chosen && intent?.kind === "invoke" && <InvokeSheet node={chosen} onClose={close} />}
      {chosen && intent?.kind === "rename" && <Rename node={chosen} onClose={close} />}
    </section>
  );
}

function Rename({ node, onClose }: { node: Node; onClose: () => void }) {
  return (
    <NameSheet words={words.rename} value={node.name ?? ""} save={(name) => renameNode(node, name)} onClose={onClose} />
  );
}

function NoNode({ onAdd }: { onAdd: () => void }) {
  return (
    <div class="no-channel">
      <NodesIcon />
      <h3>{words.empty.title}</h3>
      <p>{words.empty.text}</p>
      <button type="button" class="primary" onClick={onAdd}><PlusIcon />{words.empty.action}</button>
      <p class="muted">{words.empty.host}</p>
    </div>
  );
}
