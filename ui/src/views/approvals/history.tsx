import { decided, decidedFailure, hasOlder, loadOlderDecided, refreshDecided } from "../../state/decided.ts";
import { strings } from "../../strings.ts";
import { Failure } from "../failure.tsx";
import { Loading } from "../loading.tsx";
import { useAction } from "../use-action.ts";
import { Outcome } from "./outcome.tsx";
import { Origin, Subject } from "./subject.tsx";

const words = strings.approvals.history;

/** What became of earlier questions, as the gateway keeps it. */
export function History() {
  const told = decided.value;
  const reason = decidedFailure.value;
  return (
    <section aria-labelledby="decided-title">
      <h2 id="decided-title">{words.region}</h2>
      <Failure reason={reason && words.failed(reason)} retry={() => void refreshDecided()} />
      {!told && !reason && <Loading text={words.loading} />}
      {told?.length === 0 && <p class="none">{words.none}</p>}
      <ul class="people">
        {told?.map((ended) => (
          <li key={ended.id} class="decided" data-outcome={ended.outcome}>
            <Outcome ended={ended} />
            <details class="fold">
              <summary>{strings.approvals.sheet.covers}</summary>
              <Subject asked={ended.asked} />
              <Origin asked={ended.asked} />
            </details>
          </li>
        ))}
      </ul>
      {hasOlder() && <Older />}
    </section>
  );
}

function Older() {
  const { busy, failure, run } = useAction(loadOlderDecided);
  return (
    <div class="older">
      <button type="button" class="quiet outline" disabled={busy} onClick={() => void run()}>{words.older}</button>
      {failure && <p class="hint wrong" role="alert">{failure}</p>}
    </div>
  );
}
