import { useState } from "preact/hooks";
import { asSentence } from "../../state/account-card.ts";
import { networkLabel, openParts } from "../../state/channels.ts";
import { gatewayTime } from "../../state/clock.ts";
import { dead, deadFailure, dropPart, retryPart, traceFromHere } from "../../state/delivery.ts";
import { strings } from "../../strings.ts";
import type { Part } from "../../wire/delivery.ts";
import { Ago } from "../ago.tsx";
import { Question } from "../question.tsx";
import { useAction } from "../use-action.ts";
import { placeOf } from "./place.ts";

const words = strings.channels.outbox;

/** Messages that were given up: where to, when, why, and what can be done. */
export function DeadLetters({ now }: { now: number }) {
  const [dropping, setDropping] = useState<Part>();
  const close = (): void => setDropping(undefined);
  return (
    <section aria-labelledby="dead-title">
      <h2 id="dead-title">{words.region}</h2>
      {openParts.value > 0 && <p class="muted letters-open">{words.open(openParts.value)}</p>}
      {deadFailure.value && <p class="hint wrong">{words.unknown(deadFailure.value)}</p>}
      {dead.value.length === 0 && !deadFailure.value && <p class="none">{words.none}</p>}
      <ul class="letters">
        {dead.value.map((part) => (
          <Letter key={part.no} part={part} now={now} onDrop={() => setDropping(part)} />
        ))}
      </ul>
      {dropping && (
        <Question title={words.dropTitle} text={words.dropText} confirm={words.dropConfirm}
          action={() => dropPart(dropping)} onClose={close} />
      )}
    </section>
  );
}

function Letter({ part, now, onDrop }: { part: Part; now: number; onDrop: () => void }) {
  const { busy, failure, run } = useAction(() => retryPart(part));
  const at = part.settledAt ?? part.createdAt;
  return (
    <li class="letter">
      <p class="letter-head">
        <span class="strong">{networkLabel(part.channel)}, {placeOf(part)}</span>
        <Ago class="row-time" at={at} now={gatewayTime(now)} />
      </p>
      <p class="letter-words">
        {words.kinds[part.kind] && <span class="tag">{words.kinds[part.kind]}</span>}
        {part.text}
      </p>
      <p class="letter-why">{asSentence(part.error ?? words.noReason)} <span class="muted">{aside(part)}</span></p>
      {part.maybeSentSince !== undefined && <p class="hint">{words.maybe}</p>}
      {failure && <p class="hint wrong" role="alert">{failure}</p>}
      <div class="letter-actions">
        <button type="button" class="quiet outline" disabled={busy} onClick={() => void run()}
          aria-label={words.of(words.retry, part.no)}>
          {words.retry}
        </button>
        <button type="button" class="quiet outline" onClick={onDrop} aria-label={words.of(words.drop, part.no)}>
          {words.drop}
        </button>
        <button type="button" class="quiet outline" onClick={() => traceFromHere(part.id)}
          aria-label={words.of(words.trace, part.no)}>
          {words.trace}
        </button>
      </div>
    </li>
  );
}

/** How often it was tried, and which part of its answer it is. */
function aside(part: Part): string {
  const tries = words.attempts(part.attempts);
  const place = part.count > 1 ? `${words.part(part.index + 1, part.count)}, ${tries}` : tries;
  return asSentence(place);
}
