import { useEffect } from "preact/hooks";
import { titleOf } from "./session-title.ts";
import { announcement } from "./state/announce.ts";
import { hello, needsCredential } from "./state/gateway.ts";
import { drawerOpen, narrow, overlay } from "./state/page.ts";
import { view } from "./state/route.ts";
import { openKey, openSession } from "./state/sessions.ts";
import { strings } from "./strings.ts";
import { ChannelsHeader, ChannelsPage } from "./views/channels/page.tsx";
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
      {needsCredential.value ? <ConnectView /> : hello.value ? <Frame /> : <Splash />}
      <p class="sr-only" role="status" aria-live="polite">{announcement.value}</p>
    </>
  );
}

function Frame() {
  const channels = view.value === "channels";
  const title = channels ? strings.channels.title : titleOf(openSession.value, openKey.value);
  const covered = narrow.value && drawerOpen.value;
  useEffect(() => {
    document.title = `${title} · ${strings.product}`;
  }, [title]);
  useDrawerEscape();
  return (
    <div class="frame">
      {channels ? (
        <Skip to="channels">{strings.channels.skip}</Skip>
      ) : (
        <Skip to="message">{strings.skipToComposer}</Skip>
      )}
      <Sidebar />
      {covered && <div class="backdrop" onClick={() => { drawerOpen.value = false; }} />}
      <main class="chat" id="main" inert={covered}>
        {channels ? <Channels /> : <Chat />}
      </main>
      <Sheets />
    </div>
  );
}

function Chat() {
  return (
    <>
      <ChatHeader />
      <ConnectionBanner />
      <Conversation />
      <Composer />
    </>
  );
}

function Channels() {
  return (
    <>
      <ChannelsHeader />
      <ConnectionBanner />
      <ChannelsPage />
    </>
  );
}

/** The fragment of the address stays free for one-time codes. */
function Skip({ to, children }: { to: string; children: string }) {
  const skip = (event: Event): void => {
    event.preventDefault();
    document.getElementById(to)?.focus();
  };
  return <a class="skip" href={`#${to}`} onClick={skip}>{children}</a>;
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
