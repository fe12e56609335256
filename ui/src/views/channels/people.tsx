import { useState } from "preact/hooks";
import { ago, waitOf } from "../../format.ts";
import { networkLabel } from "../../state/channels.ts";
import { gatewayTime } from "../../state/clock.ts";
import { admitted, approve, asking, dismiss, peopleFailure, personKey, personName } from "../../state/people.ts";
import { strings } from "../../strings.ts";
import type { Admitted, Asking, Person } from "../../wire/people.ts";
import { PersonIcon } from "../icons.tsx";
import { Question } from "../question.tsx";
import { useAction } from "../use-action.ts";

const words = strings.channels.people;

/** People who wait to be let in, above everything else while there are any. */
export function Waiting({ now }: { now: number }) {
  const [owner, setOwner] = useState<Asking>();
  if (asking.value.length === 0) return null;
  const close = (): void => setOwner(undefined);
  return (
    <section class="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title">{words.waiting}</h2>
      <p class="muted">{words.lead}</p>
      <ul class="people">
        {asking.value.map((person) => (
          <AskingRow key={personKey(person)} person={person} now={gatewayTime(now)}
            onOwner={() => setOwner(person)} />
        ))}
      </ul>
      {owner && (
        <Question title={words.ownerTitle(personName(owner))} text={words.ownerText}
          confirm={words.ownerConfirm} action={() => approve(owner, true)} onClose={close} />
      )}
    </section>
  );
}

interface AskingProps {
  person: Asking;
  now: number;
  onOwner: () => void;
}

function AskingRow({ person, now, onOwner }: AskingProps) {
  const letIn = useAction(() => approve(person, false));
  const refuse = useAction(() => dismiss(person));
  const busy = letIn.busy || refuse.busy;
  const failure = letIn.failure ?? refuse.failure;
  const left = person.expiresAt - now;
  const who = personName(person);
  return (
    <li class="person">
      <Who person={person} />
      <p class="code-shown">
        <span class="sr-only">{words.code} </span>
        <code>{inFours(person.code)}</code>
        <span class="muted">{left > 0 ? words.expires(waitOf(left)) : words.expired}</span>
      </p>
      <div class="person-actions">
        <button type="button" class="primary" disabled={busy || left <= 0}
          aria-label={words.of(words.approve, who)} onClick={() => void letIn.run()}>
          {words.approve}
        </button>
        <button type="button" class="quiet outline" disabled={busy || left <= 0}
          aria-label={words.of(words.approveOwner, who)} onClick={onOwner}>
          {words.approveOwner}
        </button>
        <button type="button" class="quiet outline" disabled={busy}
          aria-label={words.of(words.dismiss, who)} onClick={() => void refuse.run()}>
          {words.dismiss}
        </button>
      </div>
      {failure && <p class="hint wrong" role="alert">{failure}</p>}
    </li>
  );
}

/** Easier to compare with what somebody reads aloud; the gateway takes the code with or without dash. */
function inFours(code: string): string {
  return /^[A-Z0-9]{8}$/.test(code) ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

function Who({ person }: { person: Person }) {
  return (
    <p class="who">
      <PersonIcon />
      <span class="who-words">
        <bdi class="strong">{person.name ?? words.unnamed}</bdi>
        <span class="muted">{words.on(networkLabel(person.channel))}, {words.id(person.senderId)}</span>
      </span>
    </p>
  );
}

/** People who were let in by a code. */
export function AdmittedPeople({ now }: { now: number }) {
  const [leaving, setLeaving] = useState<Admitted>();
  const close = (): void => setLeaving(undefined);
  return (
    <section aria-labelledby="people-title">
      <h2 id="people-title">{words.admitted}</h2>
      {peopleFailure.value && <p class="hint wrong">{words.unknown(peopleFailure.value)}</p>}
      {admitted.value.length === 0 && !peopleFailure.value && <p class="none">{words.nobody}</p>}
      <ul class="people">
        {admitted.value.map((person) => (
          <li key={personKey(person)} class="person admitted">
            <Who person={person} />
            <span class="person-since">
              {person.owner && <span class="tag">{words.owner}</span>}
              <span class="muted">{words.since(ago(person.since, gatewayTime(now)))}</span>
            </span>
            <button type="button" class="quiet outline" onClick={() => setLeaving(person)}
              aria-label={words.of(words.remove, personName(person))}>
              {words.remove}
            </button>
          </li>
        ))}
      </ul>
      {leaving && (
        <Question title={words.removeTitle(personName(leaving))} text={words.removeText}
          confirm={words.removeConfirm} action={() => dismiss(leaving)} onClose={close} />
      )}
    </section>
  );
}
