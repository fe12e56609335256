import { channels, refreshChannels } from "../../state/channels.ts";
import { dead, refreshDead, search } from "../../state/delivery.ts";
import { admitted, refreshPeople } from "../../state/people.ts";
import { strings } from "../../strings.ts";
import { PageBody } from "../page-body.tsx";
import { PageHeader } from "../page-header.tsx";
import { useFreshness } from "../use-freshness.ts";
import { useNow } from "../use-now.ts";
import { Accounts } from "./accounts.tsx";
import { DeadLetters } from "./dead-letters.tsx";
import { AdmittedPeople, Waiting } from "./people.tsx";
import { Trace } from "./trace.tsx";

const words = strings.channels;
/** Arrivals and departures change no state, so no event tells of them. */
const LOOK_AGAIN_MS = 10_000;

export function ChannelsHeader() {
  // A search that was begun elsewhere brings its reader further down.
  return <PageHeader title={words.title} keepFocus={search.peek().phase !== "idle"} />;
}

/** The chat networks: their accounts, the people there, and what became of messages. */
export function ChannelsPage() {
  const now = useNow();
  useFreshness(look, LOOK_AGAIN_MS);
  // Where there is no channel, empty lists would only stand in the way.
  const unused = channels.value?.accounts.length === 0;
  return (
    <PageBody page="channels">
      <Waiting now={now} />
      <Accounts now={now} />
      {!(unused && admitted.value.length === 0) && <AdmittedPeople now={now} />}
      {!(unused && dead.value.length === 0) && <DeadLetters now={now} />}
      <Trace />
    </PageBody>
  );
}

function look(): void {
  void refreshChannels();
  void refreshPeople();
  void refreshDead();
}
