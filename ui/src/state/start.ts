import { strings } from "../strings.ts";
import { refreshChannels, watchChannels } from "./channels.ts";
import { refreshConversation, watchConversation } from "./conversation.ts";
import { refreshDead } from "./delivery.ts";
import { startGateway, whenGap, whenReady } from "./gateway.ts";
import { takeSnapshot, watchHealth } from "./health.ts";
import { refreshModels } from "./models.ts";
import { flushOutbox } from "./outbox.ts";
import { showNotice } from "./page.ts";
import { refreshPeople, watchPeople } from "./people.ts";
import { view } from "./route.ts";
import { openFirst, openKey, refreshSessions, watchSessions } from "./sessions.ts";

/** Joins the parts: who reacts to a connection, to missed updates, and to events. */
export function start(): Promise<void> {
  whenReady(() => {
    takeSnapshot();
    flushOutbox();
    void refreshModels();
    refreshEveryChannel();
    if (openKey.value === "") return void openFirst();
    void refreshSessions();
    void refreshConversation();
  });
  whenGap(() => {
    showNotice(strings.connection.gap);
    refreshEveryChannel();
    void refreshSessions();
    void refreshConversation();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void refreshSessions();
  });
  return startGateway(() => {
    watchConversation();
    watchSessions();
    watchHealth();
    watchChannels(() => {
      // The event itself tells enough for a mark in the list.
      if (view.value === "channels") refreshEveryChannel();
    });
    watchPeople();
  });
}

function refreshEveryChannel(): void {
  void refreshChannels();
  void refreshPeople();
  void refreshDead();
}
