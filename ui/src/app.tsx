import { useEffect } from "preact/hooks";
import { titleOf } from "./session-title.ts";
import { announcement } from "./state/announce.ts";
import { hello, needsCredential } from "./state/gateway.ts";
import { drawerOpen, narrow, overlay } from "./state/page.ts";
import { openKey, openSession } from "./state/sessions.ts";
import { strings } from "./strings.ts";
import { ChatHeader } from "./views/chat-header.tsx";
import { Composer } from "./views/composer.tsx";
import { ConnectView } from "./views/connect-view.tsx";
import { ConnectionBanner } from "./views/connection-badge.tsx";
import { Conversation } from "./views/conversation.tsx";
import { DetailsSheet } from "./views/details-sheet.tsx";
import { DeleteSheet, RenameSheet, ResetSheet } from "./views/session-sheets.tsx";
import { Sidebar } from "./views/sidebar.tsx";
import { Splash } from "./views/splash.tsx";

export function App() {
  return (
    <>
      {needsCredential.value ? <ConnectView /> : hello.value ? <Chat /> : <Splash />}
      <p class="sr-only" role="status" aria-live="polite">{announcement.value}</p>
    </>
  );
}

function Chat() {
  const title = titleOf(openSession.value, openKey.value);
  const covered = narrow.value && drawerOpen.value;
  useEffect(() => {
    document.title = `${title} · ${strings.product}`;
  }, [title]);
  useDrawerEscape();
  return (
    <div class="frame">
      <a class="skip" href="#message" onClick={skipToComposer}>{strings.skipToComposer}</a>
      <Sidebar />
      {covered && <div class="backdrop" onClick={() => { drawerOpen.value = false; }} />}
      <main class="chat" id="main" inert={covered}>
        <ChatHeader />
        <ConnectionBanner />
        <Conversation />
        <Composer />
      </main>
      <Sheets />
    </div>
  );
}

/** The fragment of the address stays free for one-time codes. */
function skipToComposer(event: Event): void {
  event.preventDefault();
  document.getElementById("message")?.focus();
}

function Sheets() {
  switch (overlay.value) {
    case "details":
      return <DetailsSheet />;
    case "rename":
      return <RenameSheet />;
    case "reset":
      return <ResetSheet />;
    case "delete":
      return <DeleteSheet />;
    default:
      return null;
  }
}

function useDrawerEscape(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") drawerOpen.value = false;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
