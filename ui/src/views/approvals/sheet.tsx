import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { closeReview, decide, type Decision, shown, shownId, step, waiting } from "../../state/approvals.ts";
import { gatewayTime } from "../../state/clock.ts";
import { decided } from "../../state/decided.ts";
import { strings } from "../../strings.ts";
import type { Asked } from "../../wire/approvals.ts";
import { Sheet } from "../sheet.tsx";
import { useAction } from "../use-action.ts";
import { useNow } from "../use-now.ts";
import { Deadline } from "./deadline.tsx";
import { Outcome } from "./outcome.tsx";
import { Origin, Subject } from "./subject.tsx";
import { useConsidered } from "./use-considered.ts";

const words = strings.approvals.sheet;

/** One question at a time, whole; the next one comes when this one is decided. */
export function ApprovalSheet() {
  const asked = shown.value;
  const ended = decided.value?.find(({ id }) => id === shownId.value);
  const lost = !asked && !ended;
  useEffect(() => {
    if (lost) closeReview();
  }, [lost]);
  if (lost) return null;
  return (
    <Sheet title={words.title} kind="wide" onClose={closeReview}>
      <Places />
      {asked ? <Question key={asked.id} asked={asked} /> : ended && <Over><Outcome ended={ended} /></Over>}
    </Sheet>
  );
}

/** Which of several questions this is. */
function Places() {
  const index = waiting.value.findIndex(({ id }) => id === shownId.value);
  const count = waiting.value.length;
  if (index < 0 || count < 2) return null;
  return (
    <p class="asked-places">
      <button type="button" class="quiet outline" disabled={index === 0} onClick={() => step(-1)}>{words.previous}</button>
      <span>{words.place(index + 1, count)}</span>
      <button type="button" class="quiet outline" disabled={index === count - 1} onClick={() => step(1)}>{words.next}</button>
    </p>
  );
}

/** The reading takes the focus, so that no key which was meant for something else decides anything. */
function Question({ asked }: { asked: Asked }) {
  const left = asked.expiresAt - gatewayTime(useNow());
  const { scroller, end, considered, read } = useConsidered(asked.id);
  const choose = useAction((decision: Decision) => decide(asked, decision));
  useEffect(() => scroller.current?.focus(), []);
  // It may be long, and the countdown draws this once a second.
  const subject = useMemo(() => <Subject asked={asked} />, [asked]);
  const blocked = choose.busy || left <= 0;
  const always = asked.decisions.includes("allow-always");
  return (
    <>
      <div class="asked-scroller" ref={scroller} tabIndex={0} data-first role="group" aria-label={words.covers}>
        {subject}
        <div ref={end} class="asked-end" />
        <Origin asked={asked} />
      </div>
      <div class="asked-foot">
        {choose.failure && <p class="hint wrong" role="alert">{choose.failure}</p>}
        <Deadline left={left} whole={asked.expiresAt - asked.since} />
        <p class="hint">{read ? hintOf(asked) : words.readOn}</p>
        <div class="sheet-actions">
          <button type="button" class="primary danger" disabled={blocked} onClick={() => void choose.run("deny")}>
            {words.deny}
          </button>
          <span class="spacer" />
          {always && (
            <button type="button" class="quiet outline" disabled={blocked || !considered} onClick={() => void choose.run("allow-always")}>
              {words.always}
            </button>
          )}
          <button type="button" class="primary" disabled={blocked || !considered || !asked.decisions.includes("allow-once")}
            onClick={() => void choose.run("allow-once")}>
            {words.once}
          </button>
        </div>
      </div>
    </>
  );
}

/** What “always” would mean here. */
function hintOf({ decisions, subjectHash }: Asked): string {
  if (!decisions.includes("allow-always")) return words.neverAlways;
  return subjectHash ? words.alwaysHint : words.alwaysWordsHint;
}

/** Somebody else decided, or nobody did in time. */
function Over({ children }: { children: ComponentChildren }) {
  const next = waiting.value[0];
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  return (
    <>
      {children}
      <div class="sheet-actions">
        {next && (
          <button type="button" class="primary" onClick={() => { shownId.value = next.id; }}>{words.next}</button>
        )}
        <button type="button" class="quiet outline" ref={close} onClick={closeReview}>{strings.close}</button>
      </div>
    </>
  );
}
