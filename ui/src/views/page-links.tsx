import type { ComponentChildren } from "preact";
import { waiting as commandsWaiting } from "../state/approvals.ts";
import { attention } from "../state/attention.ts";
import { waitingCount } from "../state/devices.ts";
import { drawerOpen } from "../state/page.ts";
import { type Page, show, view } from "../state/route.ts";
import { strings } from "../strings.ts";
import { ApprovalsIcon, ChannelsIcon, DevicesIcon, NodesIcon } from "./icons.tsx";

/** The ways to the pages, with the number of things on each that wait for their owner. */
export function PageLinks() {
  return (
    <div class="page-links">
      <PageLink page="channels" count={attention.value} spoken={strings.channels.attention}><ChannelsIcon /></PageLink>
      <PageLink page="devices" count={waitingCount.value} spoken={strings.devices.waitingCount}><DevicesIcon /></PageLink>
      <PageLink page="nodes"><NodesIcon /></PageLink>
      <PageLink page="approvals" count={commandsWaiting.value.length} spoken={strings.approvals.waitingCount}><ApprovalsIcon /></PageLink>
    </div>
  );
}

interface PageLinkProps {
  page: Page;
  count?: number;
  /** The count as a sentence. */
  spoken?: (count: number) => string;
  /** Its sign. */
  children: ComponentChildren;
}

function PageLink({ page, count = 0, spoken, children }: PageLinkProps) {
  const open = (): void => {
    show(page);
    drawerOpen.value = false;
  };
  return (
    <button type="button" class="page-link" onClick={open} aria-current={view.value === page ? "page" : undefined}>
      {children}
      <span>{strings[page].link}</span>
      {count > 0 && (
        <span class="count-mark">
          <span aria-hidden="true">{count}</span>
          <span class="sr-only">{spoken?.(count)}</span>
        </span>
      )}
    </button>
  );
}
