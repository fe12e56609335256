import { computed } from "@preact/signals";
import { deadParts, troubled } from "./channels.ts";
import { asking } from "./people.ts";

/** How many things of the channels wait for their owner: people, dead letters, accounts in trouble. */
export const attention = computed(
  () => asking.value.length + troubled.value + (deadParts.value > 0 ? 1 : 0),
);
