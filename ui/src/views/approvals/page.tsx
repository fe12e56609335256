import { countdown } from "../../format.ts";
import { approvalsFailure, decided, refreshApprovals, refreshDecided, review, waiting } from "../../state/approvals.ts";
import { gatewayTime } from "../../state/clock.ts";
import { refreshPolicy } from "../../state/rules.ts";
import { previewOf } from "../../state/visible.ts";
import { strings } from "../../strings.ts";
import type { Asked } from "../../wire/approvals.ts";
import { Failure } from "../failure.tsx";
import { Notice } from "../notice.tsx";
import { useFreshness } from "../use-freshness.ts";
import { useNow } from "../use-now.ts";
import { Outcome } from "./outcome.tsx";
import { RulesSection } from "./rules.tsx";
import { Origin, Subject } from "./subject.tsx";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals;
/** The end of a question comes as an event; what another browser decided long ago does not. */
const LOOK_AGAIN_MS = 30_000;

/** Commands that wait for a person, and what became of earlier ones. */
export function ApprovalsPage() {
  const now = gatewayTime(useNow());
  useFreshness(look, LOOK_AGAIN_MS);
  return (
    <div class="conversation">
      <div class="scroller" id="approvals" tabIndex={0} role="group" aria-label={words.title}>
        <div class="page-column">
          <p class="lead">{words.lead}</p>
          <Failure reason={approvalsFailure.value && words.failed(approvalsFailure.value)} retry={look} />
          <Waiting now={now} />
          <RulesSection now={now} />
          <History />
        </div>
      </div>
      <Notice />
    </div>
  );
}

function look(): void {
  void refreshApprovals().then(refreshDecided);
  void refreshPolicy();
}

function Waiting({ now }: { now: number }) {
  return (
    <section aria-labelledby="asked-title">
      <h2 id="asked-title">{words.waiting.region}</h2>
      {waiting.value.length === 0 && !approvalsFailure.value && (
        <div class="none">
          <p class="strong">{words.waiting.none}</p>
          <p>{words.waiting.noneHint}</p>
        </div>
      )}
      <ul class="people">
        {waiting.value.map((asked) => <Row key={asked.id} asked={asked} now={now} />)}
      </ul>
    </section>
  );
}

function Row({ asked, now }: { asked: Asked; now: number }) {
  const left = asked.expiresAt - now;
  return (
    <li class="person">
      <code class="outcome-command"><VisibleText text={previewOf(asked.command)} /></code>
      <span class="muted">{left > 0 ? words.bar.left(countdown(left)) : words.sheet.over}</span>
      <button type="button" class="primary" onClick={() => review(asked.id)}>{words.bar.review}</button>
    </li>
  );
}

function History() {
  return (
    <section aria-labelledby="decided-title">
      <h2 id="decided-title">{words.history.region}</h2>
      <p class="muted history-lead">{words.history.lead}</p>
      {decided.value.length === 0 && <p class="none">{words.history.none}</p>}
      <ul class="people">
        {decided.value.map((ended) => (
          <li key={ended.id} class="decided" data-outcome={ended.outcome}>
            <Outcome ended={ended} />
            <details class="fold">
              <summary>{words.sheet.covers}</summary>
              <Subject asked={ended.asked} />
              <Origin asked={ended.asked} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
