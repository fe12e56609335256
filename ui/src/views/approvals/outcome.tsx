import { gatewayTime } from "../../state/clock.ts";
import { paired } from "../../state/devices.ts";
import { deviceName, shortId } from "../../state/device-card.ts";
import { previewOf } from "../../state/visible.ts";
import { strings } from "../../strings.ts";
import type { Decided } from "../../wire/approvals.ts";
import { Ago } from "../ago.tsx";
import { useNow } from "../use-now.ts";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals.history;

/** How a question ended, and by whom. */
export function Outcome({ ended }: { ended: Decided }) {
  const now = gatewayTime(useNow());
  const { outcome, by, asked, at, usedAt } = ended;
  return (
    <div class="outcome-row">
      <span class={`tag ${toneOf(outcome)}`}>
        {Object.hasOwn(words.outcomes, outcome) ? words.outcomes[outcome] : outcome}
      </span>
      <code class="outcome-command"><VisibleText text={previewOf(asked.command)} /></code>
      <span class="muted outcome-facts">
        {by ? words.by(whoOf(by)) : words.nobody}, <Ago at={at} now={now} />{usedAt !== undefined && `, ${words.ran}`}
      </span>
    </div>
  );
}

function toneOf(outcome: string): string {
  if (outcome.startsWith("allow-")) return "good";
  return outcome === "deny" ? "bad" : "";
}

/** The one who decided, as the gateway names it, by a name that people know. */
function whoOf(by: string): string {
  if (by === "owner") return words.owner;
  const id = /^device:(.+)$/.exec(by)?.[1];
  const device = id && paired.value?.find(({ deviceId }) => deviceId === id);
  if (device) return device.own ? words.me : deviceName(device);
  return id ? shortId(id) : by;
}
