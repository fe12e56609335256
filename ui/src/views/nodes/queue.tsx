import { ago, waitOf } from "../../format.ts";
import { cancelPending, nodeLabel, nodes, queue } from "../../state/nodes.ts";
import { strings } from "../../strings.ts";
import type { Pending } from "../../wire/nodes.ts";
import { useAction } from "../use-action.ts";

const words = strings.nodes.queue;

/** Commands that wait for a node to come back. */
export function Queue({ now }: { now: number }) {
  // Where there is no node, an empty list would only stand in the way.
  if (queue.value.length === 0 && !nodes.value?.length) return null;
  return (
    <section aria-labelledby="queue-title">
      <h2 id="queue-title">{words.region}</h2>
      {queue.value.length === 0 && <p class="none">{words.none}</p>}
      <ul class="people">
        {queue.value.map((pending) => <Row key={pending.id} pending={pending} now={now} />)}
      </ul>
    </section>
  );
}

function Row({ pending, now }: { pending: Pending; now: number }) {
  const { busy, failure, run } = useAction(() => cancelPending(pending));
  const left = pending.expiresAt - now;
  return (
    <li class="person">
      <p class="who-words">
        <code class="strong">{pending.command}</code>
        <bdi class="muted">{nodeLabel(pending.nodeId)}</bdi>
      </p>
      <span class="muted person-since">
        {words.since(ago(pending.queuedAt, now))}, {left > 0 ? words.expires(waitOf(left)) : words.overdue}
      </span>
      <button type="button" class="quiet outline" disabled={busy} onClick={() => void run()}
        aria-label={strings.nodes.of(words.cancel, pending.command)}>
        {words.cancel}
      </button>
      {failure && <p class="hint wrong" role="alert">{failure}</p>}
    </li>
  );
}
