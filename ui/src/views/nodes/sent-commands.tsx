import type { Invocation } from "../../state/invocations.ts";
import { strings } from "../../strings.ts";
import { Ago } from "../ago.tsx";
import { CommandOutcome } from "./command-outcome.tsx";

const words = strings.nodes.sent;
const TONES = { done: "good", queued: "", failed: "bad" } as const;

interface SentCommandsProps {
  sent: readonly Invocation[];
  /** By the gateway's clock, in Unix milliseconds. */
  now: number;
}

/** What was sent to a node from this page, and what came of it. */
export function SentCommands({ sent, now }: SentCommandsProps) {
  if (sent.length === 0) return null;
  return (
    <details class="fold card-changes sent-commands">
      <summary>{words.title(sent.length)}</summary>
      <ol>
        {sent.map((one) => (
          <li key={one.id}>
            <span class={`tag ${TONES[one.outcome.kind]}`}>{words.outcomes[one.outcome.kind]}</span>
            <code>{one.command}</code>
            <Ago class="row-time" at={one.at} now={now} />
            <div class="sent-outcome"><CommandOutcome outcome={one.outcome} /></div>
          </li>
        ))}
      </ol>
    </details>
  );
}
