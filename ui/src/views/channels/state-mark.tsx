import { isKnown, toneOf } from "../../state/account-card.ts";
import type { StateWord } from "../../wire/channels.ts";

/** A shape for each state, so that it is told by more than its colour; drawn on a square of 20. */
const SHAPES: Readonly<Record<StateWord, { ground: string; sign?: string }>> = {
  stopped: { ground: "M4.5 3h11A1.5 1.5 0 0 1 17 4.5v11a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15.5v-11A1.5 1.5 0 0 1 4.5 3Z" },
  starting: { ground: disc(), sign: "M8 6.6v6.8l5.4-3.4Z" },
  connecting: { ground: disc(), sign: "M5.6 10h.01M10 10h.01M14.4 10h.01" },
  live: { ground: disc(), sign: "m6 10.3 2.8 2.8L14.2 7.4" },
  degraded: { ground: "M10 2 19 18H1Z", sign: "M10 8v4.2M10 15h.01" },
  backoff: { ground: disc(), sign: "M10 5.6V10l3 2.2" },
  "needs-login": { ground: "M10 1.2 18.8 10 10 18.8 1.2 10Z", sign: "M10 6v4.8M10 13.8h.01" },
  conflict: { ground: "M6.6 2h6.8L18 6.6v6.8L13.4 18H6.6L2 13.4V6.6Z", sign: "m7 7 6 6M13 7l-6 6" },
};

function disc(): string {
  return "M10 1.8a8.2 8.2 0 1 1 0 16.4 8.2 8.2 0 0 1 0-16.4Z";
}

interface StateMarkProps {
  state: string;
  size?: number;
  /** Its place, inside another drawing. */
  x?: number;
  y?: number;
}

export function StateMark({ state, size = 20, x, y }: StateMarkProps) {
  const shape = isKnown(state) ? SHAPES[state] : { ground: disc() };
  return (
    <svg class={`state-mark ${toneOf(state)}`} viewBox="0 0 20 20" width={size} height={size} x={x} y={y}
      aria-hidden="true">
      <path class="mark-ground" d={shape.ground} />
      {shape.sign && <path class="mark-sign" d={shape.sign} />}
    </svg>
  );
}
