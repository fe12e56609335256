import { fullTime } from "../../format.ts";
import { agoOf } from "../../state/account-card.ts";
import type { Decided } from "../../state/approvals.ts";
import { gatewayTime } from "../../state/clock.ts";
import { paired } from "../../state/devices.ts";
import { deviceName, shortId } from "../../state/device-card.ts";
import { previewOf } from "../../state/visible.ts";
import { strings } from "../../strings.ts";
import { useNow } from "../use-now.ts";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals.history;

/** How a question ended, and by whom. */
export function Outcome({ ended }: { ended: Decided }) {
  const now = gatewayTime(useNow());
  const { outcome, by, asked } = ended;
  const at = ended.at ?? asked.since;
  return (
    <div class="outcome-row">
      <span class={`tag ${toneOf(outcome)}`}>
        {Object.hasOwn(words.outcomes, outcome) ? words.outcomes[outcome] : outcome}
      </span>
      <code class="outcome-command"><VisibleText text={previewOf(asked.command)} /></code>
      <span class="muted">
        {by && `${words.by(whoOf(by))}, `}
        <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>{agoOf(at, now)}</time>
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
