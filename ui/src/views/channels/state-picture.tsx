import { wordOf } from "../../state/account-card.ts";
import { strings } from "../../strings.ts";
import type { StateWord } from "../../wire/channels.ts";
import { StateMark } from "./state-mark.tsx";

/** Where each state stands: the way to `live` above, what can come between below. */
const PLACES: Readonly<Record<StateWord, { x: number; y: number }>> = {
  stopped: { x: 42, y: 22 },
  starting: { x: 128, y: 22 },
  connecting: { x: 214, y: 22 },
  live: { x: 300, y: 22 },
  "needs-login": { x: 42, y: 106 },
  conflict: { x: 128, y: 106 },
  backoff: { x: 214, y: 106 },
  degraded: { x: 300, y: 106 },
};

const SIZE = 22;

/** The ways between the marks, drawn clear of the words. Below `connecting` they share a stem. */
const WAYS: readonly { d: string; both?: boolean }[] = [
  { d: "M60 22h48" },
  { d: "M146 22h48" },
  { d: "M232 22h48" },
  { d: "M300 54v32", both: true },
  { d: "M214 54v32", both: true },
  { d: "M214 70h-80q-6 0-6 6v10" },
  { d: "M214 70h-166q-6 0-6 6v10" },
  { d: "M282 106h-48" },
];

/** The states of an account and the ways between them, with the present one marked. */
export function StatePicture({ state }: { state: string }) {
  return (
    <svg class="state-picture" viewBox="0 0 342 136" role="img"
      aria-label={strings.channels.account.picture(wordOf(state))}>
      {WAYS.map(({ d, both }) => (
        <path key={d} class="way" d={d} marker-end="url(#way-head)"
          marker-start={both ? "url(#way-head)" : undefined} />
      ))}
      {(Object.keys(PLACES) as StateWord[]).map((word) => (
        <Node key={word} word={word} now={word === state} />
      ))}
    </svg>
  );
}

function Node({ word, now }: { word: StateWord; now: boolean }) {
  const { x, y } = PLACES[word];
  return (
    <g class={now ? "node now" : "node"}>
      {now && <circle class="halo" cx={x} cy={y} r="16" />}
      <StateMark state={word} size={SIZE} x={x - SIZE / 2} y={y - SIZE / 2} />
      <text x={x} y={y + 26}>{wordOf(word)}</text>
    </g>
  );
}

/** The head of every arrow, once for the page. */
export function ArrowHead() {
  return (
    <svg class="sr-only" aria-hidden="true">
      <defs>
        <marker id="way-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6"
          orient="auto-start-reverse">
          <path class="way-head" d="M0 0.8 7.2 4 0 7.2Z" />
        </marker>
      </defs>
    </svg>
  );
}
