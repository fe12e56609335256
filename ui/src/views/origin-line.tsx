import { networkLabel } from "../state/channels.ts";
import { strings } from "../strings.ts";
import type { Origin } from "../wire/session.ts";
import { ChannelsIcon } from "./icons.tsx";

/** Where a conversation comes from: the network, and the group or the person there. */
export function OriginLine({ origin }: { origin: Origin }) {
  const line = strings.channels.origin.of(networkLabel(origin.channel), origin.label);
  return (
    <span class="origin" title={strings.channels.origin.from(line)}>
      <ChannelsIcon /><span class="origin-words">{line}</span>
    </span>
  );
}
