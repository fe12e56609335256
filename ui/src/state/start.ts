import { strings } from "../strings.ts";
import { refreshApprovals, watchApprovals } from "./approvals.ts";
import { refreshCanvas, watchCanvas } from "./canvas.ts";
import { refreshChannels, watchChannels } from "./channels.ts";
import { refreshConversation, watchConversation } from "./conversation.ts";
import { refreshDead } from "./delivery.ts";
import { refreshDevices, watchDevices } from "./devices.ts";
import { startGateway, whenGap, whenReady } from "./gateway.ts";
import { takeSnapshot, watchHealth } from "./health.ts";
import { refreshModels } from "./models.ts";
import { flushOutbox } from "./outbox.ts";
import { refreshNodes, watchNodes } from "./nodes.ts";
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
    void refreshCanvas();
    refreshEveryChannel();
    refreshMachines();
    if (openKey.value === "") return void openFirst();
    void refreshSessions();
    void refreshConversation();
  });
  whenGap(() => {
    showNotice(strings.connection.gap);
    refreshEveryChannel();
    refreshMachines();
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
    watchApprovals();
    watchDevices();
    watchNodes(() => {
      if (view.value === "nodes") void refreshNodes();
    });
    watchCanvas();
  });
}

function refreshEveryChannel(): void {
  void refreshChannels();
  void refreshPeople();
  void refreshDead();
}

/** What waits for a decision first. */
function refreshMachines(): void {
  void refreshApprovals();
  void refreshDevices();
  if (view.value === "nodes") void refreshNodes();
}
