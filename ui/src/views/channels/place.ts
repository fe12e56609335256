import { strings } from "../../strings.ts";
import type { Place } from "../../wire/delivery.ts";

/** A conversation on a network, for people: what kind it is and its id there. */
export function placeOf({ chatType, peer, thread }: Place): string {
  const kind = strings.channels.trace.chatTypes[chatType] ?? chatType;
  return thread ? `${kind} ${peer} / ${thread}` : `${kind} ${peer}`;
}
