import { gatewayTime } from "../../state/clock.ts";
import { nodesFailure, refreshNodes } from "../../state/nodes.ts";
import { strings } from "../../strings.ts";
import { PageBody } from "../page-body.tsx";
import { useFreshness } from "../use-freshness.ts";
import { useNow } from "../use-now.ts";
import { NodeList } from "./node-list.tsx";
import { Queue } from "./queue.tsx";

const words = strings.nodes;
/** What waits for a node runs out without an event. */
const LOOK_AGAIN_MS = 10_000;

/** Machines that offer commands, and what waits for them. */
export function NodesPage() {
  const now = gatewayTime(useNow());
  useFreshness(look, LOOK_AGAIN_MS);
  return (
    <PageBody page="nodes" failure={nodesFailure.value && words.failed(nodesFailure.value)} retry={look}>
      <NodeList now={now} />
      <Queue now={now} />
    </PageBody>
  );
}

function look(): void {
  void refreshNodes();
}
