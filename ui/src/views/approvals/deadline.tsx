import { countdown } from "../../format.ts";
import { strings } from "../../strings.ts";

const words = strings.approvals.sheet;
/** From here on it is said aloud, once, and looks different. */
const SOON_MS = 30_000;

interface DeadlineProps {
  /** Milliseconds until no decision counts any more. */
  left: number;
  /** How long there was in all. */
  whole: number;
}

/** How much time is left to decide: by the second for the eye, once for the ear. */
export function Deadline({ left, whole }: DeadlineProps) {
  const soon = left > 0 && left <= SOON_MS;
  return (
    <div class={soon ? "asked-left soon" : "asked-left"}>
      <p role="timer">{left > 0 ? words.left(countdown(left)) : words.over}</p>
      <progress aria-hidden="true" max={whole} value={Math.max(0, left)} />
      <p class="sr-only" role="status">{soon && words.soon}</p>
    </div>
  );
}
