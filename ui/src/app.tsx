import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { titleOf } from "./session-title.ts";
import { announcement } from "./state/announce.ts";
import { waiting } from "./state/approvals.ts";
import { canvasWide, shownView } from "./state/canvas.ts";
import { hello, needsCredential } from "./state/gateway.ts";
import { drawerOpen, narrow, overlay } from "./state/page.ts";
import { type Page as PageName, view } from "./state/route.ts";
import { openKey, openSession } from "./state/sessions.ts";
import { strings } from "./strings.ts";
import { ApprovalBar } from "./views/approvals/bar.tsx";
import { ApprovalsPage } from "./views/approvals/page.tsx";
import { ApprovalSheet } from "./views/approvals/sheet.tsx";
import { CanvasPanel } from "./views/canvas-panel.tsx";
import { ChannelsHeader, ChannelsPage } from "./views/channels/page.tsx";
import { ChatHeader } from "./views/chat-header.tsx";
import { Composer } from "./views/composer.tsx";
import { ConnectView } from "./views/connect-view.tsx";
import { ConnectionBanner } from "./views/connection-badge.tsx";
import { Conversation } from "./views/conversation.tsx";
import { DetailsSheet } from "./views/details-sheet.tsx";
import { DevicesPage } from "./views/devices/page.tsx";
import { ForgetSheet } from "./views/forget-sheet.tsx";
import { NodesPage } from "./views/nodes/page.tsx";
import { PageHeader } from "./views/page-header.tsx";
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
  const page = view.value === "chat" ? undefined : view.value;
  const title = page ? strings[page].title : titleOf(openSession.value, openKey.value);
  const covered = narrow.value && drawerOpen.value;
  const withCanvas = !page && shownView.value !== undefined;
  useTitle(title);
  useDrawerEscape();
  return (
    <div class="whole">
      <Skip to={page ?? "message"}>{page ? strings[page].skip : strings.skipToComposer}</Skip>
      <ApprovalBar />
      <div class={frameClass(withCanvas)}>
        <Sidebar />
        {covered && <div class="backdrop" onClick={() => { drawerOpen.value = false; }} />}
        <main class="chat" id="main" tabIndex={-1}
          inert={covered || (withCanvas && (canvasWide.value || narrow.value))}>
          {page ? <Page page={page} /> : <Chat />}
        </main>
        {withCanvas && <CanvasPanel />}
        <Sheets />
      </div>
    </div>
  );
}

/** The name of what is shown; what waits for a decision is seen in the list of windows too. */
function useTitle(title: string): void {
  const count = waiting.value.length;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${title} · ${strings.product}`;
  }, [title, count]);
}

function frameClass(withCanvas: boolean): string {
  if (!withCanvas) return "frame";
  return canvasWide.value ? "frame with-canvas wide" : "frame with-canvas";
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

function Page({ page }: { page: PageName }) {
  const [Header, Content] = PAGES[page];
  return (
    <>
      <Header />
      <ConnectionBanner />
      <Content />
    </>
  );
}

const PAGES = {
  channels: [ChannelsHeader, ChannelsPage],
  devices: [() => <PageHeader title={strings.devices.title} />, DevicesPage],
  nodes: [() => <PageHeader title={strings.nodes.title} />, NodesPage],
  approvals: [() => <PageHeader title={strings.approvals.title} />, ApprovalsPage],
} as const satisfies Record<PageName, readonly [FunctionComponent, FunctionComponent]>;

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
    case "forget":
      return <ForgetSheet />;
    case "approval":
      return <ApprovalSheet />;
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
