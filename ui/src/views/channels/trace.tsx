import { useEffect, useRef } from "preact/hooks";
import { elapsed, fullTime, preciseTime } from "../../format.ts";
import { networkLabel } from "../../state/channels.ts";
import { broughtCount, forgetTrace, search, type Search, trace } from "../../state/delivery.ts";
import { show } from "../../state/route.ts";
import { select } from "../../state/sessions.ts";
import { outcomeOf, type Step, stepsOf } from "../../state/trace-steps.ts";
import { strings } from "../../strings.ts";
import type { Traced } from "../../wire/delivery.ts";
import { placeOf } from "./place.ts";

const words = strings.channels.trace;

/** The way of a message, from its network to the answer's receipt. */
export function Trace() {
  const field = useRef<HTMLInputElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const now = search.value;
  const brought = useRef(0);
  useEffect(() => {
    const count = broughtCount.value;
    if (now.phase === "idle" || brought.current === count) return;
    if (field.current) field.current.value = now.id;
    title.current?.focus({ preventScroll: true });
    // Before the answer there may be too little below to bring the heading up.
    title.current?.scrollIntoView({ block: "start" });
    if (now.phase !== "asking") brought.current = count;
  }, [broughtCount.value, now]);
  useEffect(() => forgetTrace, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const wanted = field.current?.value.trim() ?? "";
    if (wanted === "") field.current?.focus();
    else void trace(wanted);
  };
  return (
    <section aria-labelledby="trace-title">
      <h2 id="trace-title" ref={title} tabIndex={-1}>{words.region}</h2>
      <form class="trace-form" onSubmit={submit}>
        <label for="trace-id">{words.field}</label>
        <div class="connect-row">
          <input id="trace-id" ref={field} type="text" maxLength={512} autocomplete="off"
            spellcheck={false} aria-describedby="trace-hint" />
          <button type="submit" class="primary" disabled={now.phase === "asking"}>{words.submit}</button>
        </div>
        <p class="hint" id="trace-hint">{words.hint}</p>
      </form>
      <p class={now.phase === "failed" ? "hint wrong" : "hint"} role="status">{statusOf(now)}</p>
      {now.phase === "found" && now.ways.map((way, index) => <Way key={index} way={way} />)}
    </section>
  );
}

function statusOf(now: Search): string {
  switch (now.phase) {
    case "idle":
      return "";
    case "asking":
      return words.asking;
    case "failed":
      return strings.channels.refused(now.reason);
    case "found":
      return now.ways.length === 0 ? words.nothing(now.id) : words.found(now.ways.length);
  }
}

function Way({ way }: { way: Traced }) {
  const outcome = outcomeOf(way);
  const place = way.inbound ?? way.parts[0];
  const session = way.run?.sessionKey ?? way.inbound?.sessionKey ?? way.parts[0]?.sessionKey;
  const open = (): void => {
    select(session ?? "");
    show("chat");
  };
  return (
    <article class="way-of">
      <header class="way-head-row">
        <h3>{place ? words.heading(networkLabel(place.channel), placeOf(place)) : words.began}</h3>
        <span class={`outcome ${outcome.tone}`}>{outcome.sentence}</span>
      </header>
      <ol class="steps">
        {stepsOf(way, networkLabel).map((step, index) => <StepRow key={index} step={step} />)}
      </ol>
      {session && (
        <button type="button" class="quiet outline" onClick={open}>{words.conversation}</button>
      )}
    </article>
  );
}

function StepRow({ step: { name, detail, at, afterMs, tone } }: { step: Step }) {
  return (
    <li class={`step ${tone}`}>
      <span class="step-name">
        {name}
        {detail && <span class="muted step-detail">{detail}</span>}
      </span>
      <span class="step-time">
        {at === undefined ? words.now : (
          <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>{preciseTime(at)}</time>
        )}
        {afterMs !== undefined && <span class="muted">{words.after(elapsed(afterMs))}</span>}
      </span>
    </li>
  );
}
