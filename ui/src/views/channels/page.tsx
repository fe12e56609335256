import { useEffect, useRef } from "preact/hooks";
import { channels, refreshChannels } from "../../state/channels.ts";
import { dead, refreshDead, search } from "../../state/delivery.ts";
import { narrow } from "../../state/page.ts";
import { admitted, refreshPeople } from "../../state/people.ts";
import { strings } from "../../strings.ts";
import { ConnectionBadge } from "../connection-badge.tsx";
import { DrawerButton } from "../drawer-button.tsx";
import { Notice } from "../notice.tsx";
import { useNow } from "../use-now.ts";
import { Accounts } from "./accounts.tsx";
import { DeadLetters } from "./dead-letters.tsx";
import { AdmittedPeople, Waiting } from "./people.tsx";
import { Trace } from "./trace.tsx";

const words = strings.channels;
/** Arrivals and departures change no state, so no event tells of them. */
const LOOK_AGAIN_MS = 10_000;

export function ChannelsHeader() {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A search that was begun elsewhere brings its reader further down.
    if (search.peek().phase === "idle") title.current?.focus();
  }, []);
  return (
    <header class="chat-head">
      <DrawerButton />
      <div class="chat-title"><h1 ref={title} tabIndex={-1}>{words.title}</h1></div>
      {narrow.value && <ConnectionBadge />}
    </header>
  );
}

/** The chat networks: their accounts, the people there, and what became of messages. */
export function ChannelsPage() {
  const now = useNow();
  useFreshness();
  // Where there is no channel, empty lists would only stand in the way.
  const unused = channels.value?.accounts.length === 0;
  return (
    <div class="conversation">
      <div class="scroller" id="channels" tabIndex={0} role="group" aria-label={words.title}>
        <div class="channels-column">
          <p class="lead">{words.lead}</p>
          <Waiting now={now} />
          <Accounts now={now} />
          {!(unused && admitted.value.length === 0) && <AdmittedPeople now={now} />}
          {!(unused && dead.value.length === 0) && <DeadLetters now={now} />}
          <Trace />
        </div>
      </div>
      <Notice />
    </div>
  );
}

function useFreshness(): void {
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState !== "visible") return;
      void refreshChannels();
      void refreshPeople();
      void refreshDead();
    };
    look();
    const timer = setInterval(look, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
}
