import { countdown } from "../../format.ts";
import { approvalsFailure, approvalsTold, refreshApprovals, review, waiting } from "../../state/approvals.ts";
import { gatewayTime } from "../../state/clock.ts";
import { refreshDecided } from "../../state/decided.ts";
import { refreshPolicy } from "../../state/rules.ts";
import { previewOf } from "../../state/visible.ts";
import { strings } from "../../strings.ts";
import type { Asked } from "../../wire/approvals.ts";
import { ApprovalsIcon } from "../icons.tsx";
import { Loading } from "../loading.tsx";
import { PageBody } from "../page-body.tsx";
import { useFreshness } from "../use-freshness.ts";
import { useNow } from "../use-now.ts";
import { History } from "./history.tsx";
import { RulesSection } from "./rules.tsx";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals;
/** Questions and their ends come as events; changed rules do not. */
const LOOK_AGAIN_MS = 30_000;

/** Commands that wait for a person, and what became of earlier ones. */
export function ApprovalsPage() {
  const now = gatewayTime(useNow());
  useFreshness(look, LOOK_AGAIN_MS);
  return (
    <PageBody page="approvals" failure={approvalsFailure.value && words.failed(approvalsFailure.value)} retry={look}>
      <Waiting now={now} />
      <RulesSection now={now} />
      <History />
    </PageBody>
  );
}

function look(): void {
  void refreshApprovals();
  void refreshDecided();
  void refreshPolicy();
}

function Waiting({ now }: { now: number }) {
  return (
    <section aria-labelledby="asked-title">
      <h2 id="asked-title">{words.waiting.region}</h2>
      {!approvalsTold.value && !approvalsFailure.value && <Loading text={words.waiting.loading} rows={1} />}
      {approvalsTold.value && waiting.value.length === 0 && (
        <div class="no-channel calm-empty">
          <ApprovalsIcon />
          <h3>{words.waiting.none}</h3>
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
    <li class="person asked-row">
      <code class="outcome-command"><VisibleText text={previewOf(asked.command)} /></code>
      <span class="muted">{left > 0 ? words.bar.left(countdown(left)) : words.sheet.over}</span>
      <button type="button" class="primary" onClick={() => review(asked.id)}>{words.bar.review}</button>
    </li>
  );
}
