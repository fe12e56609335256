import { gatewayTime } from "../../state/clock.ts";
import { nodesFailure, refreshNodes } from "../../state/nodes.ts";
import { strings } from "../../strings.ts";
import { Failure } from "../failure.tsx";
import { Notice } from "../notice.tsx";
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
    <div class="conversation">
      <div class="scroller" id="nodes" tabIndex={0} role="group" aria-label={words.title}>
        <div class="page-column">
          <p class="lead">{words.lead}</p>
          <Failure reason={nodesFailure.value && words.failed(nodesFailure.value)} retry={look} />
          <NodeList now={now} />
          <Queue now={now} />
        </div>
      </div>
      <Notice />
    </div>
  );
}

function look(): void {
  void refreshNodes();
}
