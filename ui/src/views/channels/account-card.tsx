import { fullTime } from "../../format.ts";
import { accountName, asSentence, factsOf, nextTryOf, probeSentence, sentenceOf, toneOf, wordOf } from "../../state/account-card.ts";
import { networkLabel, probe } from "../../state/channels.ts";
import { strings } from "../../strings.ts";
import type { Account, StateChange } from "../../wire/channels.ts";
import { Ago } from "../ago.tsx";
import { useAction } from "../use-action.ts";
import { StateMark } from "./state-mark.tsx";
import { StatePicture } from "./state-picture.tsx";

const words = strings.channels.account;

interface CardProps {
  account: Account;
  /** By the gateway's clock, in Unix milliseconds. */
  now: number;
  onLogout: () => void;
}

/** One account on a network: how it is, why, and what was heard of it. */
export function AccountCard({ account, now, onLogout }: CardProps) {
  const network = networkLabel(account.channel);
  const name = accountName(account);
  const { busy, failure, run } = useAction(() => probe(account.channel));
  return (
    <li class={`card ${toneOf(account.state)}`} data-account={`${account.channel}/${account.accountId}`}>
      <header class="card-head">
        <h3><span>{network}</span> <span class="card-name">{name}</span></h3>
        {account.required && <span class="tag" title={words.requiredHint}>{words.required}</span>}
        <span class={`state-word ${toneOf(account.state)}`} data-state={account.state}>
          <StateMark state={account.state} />{wordOf(account.state)}
        </span>
      </header>
      <Why account={account} now={now} />
      <Counts account={account} />
      <dl class="card-facts">
        {factsOf(account, now).map((fact) => (
          <div key={fact.name}>
            <dt>{fact.name}</dt>
            <dd title={fact.at ? fullTime(fact.at) : undefined}>{fact.value}</dd>
          </div>
        ))}
      </dl>
      <StatePicture state={account.state} />
      <Changes changes={account.changes} now={now} />
      <Probed account={account} failure={failure} />
      <div class="card-actions">
        <button type="button" class="quiet outline" disabled={busy} onClick={() => void run()}
          aria-label={`${words.probe}: ${words.name(network, name)}`}>
          {busy ? words.probing : words.probe}
        </button>
        <button type="button" class="quiet outline" onClick={onLogout}
          aria-label={`${words.logout} ${words.name(network, name)}`}>
          {words.logout}
        </button>
      </div>
    </li>
  );
}

function Why({ account, now }: { account: Account; now: number }) {
  const next = nextTryOf(account, now);
  return (
    <p class="card-why">
      {sentenceOf(account)}
      {next && <span class="next-try"> {next}</span>}
      {next && account.attempts > 0 && <span class="muted"> {asSentence(words.attempts(account.attempts))}</span>}
    </p>
  );
}

function Counts({ account: { open, dead } }: { account: Account }) {
  if (open === 0 && dead === 0) return null;
  return (
    <p class="card-counts">
      {open > 0 && <span class="tag">{words.open(open)}</span>}
      {dead > 0 && <span class="tag bad">{words.dead(dead)}</span>}
    </p>
  );
}

function Changes({ changes, now }: { changes: readonly StateChange[]; now: number }) {
  return (
    <details class="fold card-changes">
      <summary>{words.changes}</summary>
      {changes.length === 0 && <p class="none">{words.noChanges}</p>}
      <ol>
        {[...changes].reverse().map((change, index) => (
          <li key={index}>
            <StateMark state={change.state} size={16} />
            <span>
              {wordOf(change.state)}
              {change.reason && <span class="muted">: {change.reason}</span>}
            </span>
            <Ago class="row-time" at={change.at} now={now} />
          </li>
        ))}
      </ol>
    </details>
  );
}

/** What the network said to the last probe, and what its owner should know. */
function Probed({ account: { probe: told, lastProbeAt }, failure }: { account: Account; failure: string | undefined }) {
  return (
    <>
      <p class={failure || told?.ok === false ? "hint wrong" : "hint"} role="status"
        title={lastProbeAt ? fullTime(lastProbeAt) : undefined}>
        {failure ?? (told && probeSentence(told))}
      </p>
      {told && told.notes.length > 0 && (
        <ul class="card-notes" aria-label={words.notes}>
          {told.notes.map((note) => <li key={note}>{note}</li>)}
        </ul>
      )}
    </>
  );
}
