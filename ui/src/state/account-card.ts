import { ago, duration, elapsed, waitOf } from "../format.ts";
import { strings } from "../strings.ts";
import type { Account, Probe, StateWord } from "../wire/channels.ts";

const words = strings.channels.account;
const states = strings.channels.states;

/** How much a state should worry its reader. */
export type Tone = "ok" | "calm" | "warn" | "bad";

const TONES: Readonly<Record<StateWord, Tone>> = {
  stopped: "calm",
  starting: "calm",
  connecting: "calm",
  live: "ok",
  degraded: "warn",
  backoff: "warn",
  "needs-login": "bad",
  conflict: "bad",
};

export function isKnown(state: string): state is StateWord {
  return Object.hasOwn(TONES, state);
}

export function toneOf(state: string): Tone {
  return isKnown(state) ? TONES[state] : "calm";
}

export function wordOf(state: string): string {
  return isKnown(state) ? states[state].word : state;
}

/** A state in which the account waits for nobody but its owner, or does not do what it should. */
export function isTrouble(state: string): boolean {
  const tone = toneOf(state);
  return tone === "warn" || tone === "bad";
}

/** Why the account is as it is, as a sentence. */
export function sentenceOf(account: Pick<Account, "state" | "reason">): string {
  const { state, reason } = account;
  if (reason) return asSentence(state === "conflict" ? strings.channels.conflict(reason) : reason);
  return isKnown(state) ? asSentence(states[state].sentence) : "";
}

/** A capital first and a full stop last: reasons come as clauses. */
export function asSentence(clause: string): string {
  const trimmed = clause.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

/** When the next try is, counting down; nothing where none is planned. */
export function nextTryOf(account: Pick<Account, "nextTryAt">, now: number): string | undefined {
  if (account.nextTryAt === undefined) return undefined;
  const left = account.nextTryAt - now;
  if (left <= 0) return asSentence(words.tryingNow);
  return asSentence(words.nextTry(waitOf(left)));
}

/** Who we are on the network: the name and the handle. */
export function botOf(probe: Probe | undefined): string {
  const bot = probe?.bot;
  if (!bot) return words.usUnknown;
  const handle = bot.username ? `@${bot.username}` : undefined;
  if (bot.name) return handle ? `${bot.name} (${handle})` : bot.name;
  return handle ?? bot.id;
}

/** What the last probe said, as a sentence. */
export function probeSentence(probe: Probe): string {
  if (probe.ok) return asSentence(words.probeOk(elapsed(probe.elapsedMs)));
  return asSentence(words.probeFailed(probe.error ?? words.probeNoReason));
}

export interface Fact {
  name: string;
  value: string;
  /** The moment that the value speaks of, for its exact time. */
  at?: number;
}

export function factsOf(account: Account, now: number): readonly Fact[] {
  const facts: Fact[] = [
    { name: words.us, value: botOf(account.probe) },
    { name: words.inbound, value: ago(account.lastInboundAt, now), at: account.lastInboundAt },
    { name: words.outbound, value: ago(account.lastOutboundAt, now), at: account.lastOutboundAt },
    { name: words.proof, value: ago(account.lastProofAt, now), at: account.lastProofAt },
  ];
  if (account.since > 0) {
    facts.push({ name: words.since, value: words.forTime(duration(now - account.since)), at: account.since });
  }
  add(facts, words.mode, account.mode, words.modes);
  add(facts, words.policy, account.dmPolicy, words.policies);
  add(facts, words.credential, account.tokenSource ?? "", words.sources);
  return facts;
}

function add(facts: Fact[], name: string, word: string, known: Readonly<Record<string, string>>): void {
  if (word !== "") facts.push({ name, value: known[word] ?? word });
}

/** What an account is called among others: its own name, or what it is. */
export function accountName(account: Pick<Account, "accountId"> & { name?: string }): string {
  if (account.name) return account.name;
  return account.accountId === "default" ? words.defaultAccount : account.accountId;
}
