import type { ComponentChildren } from "preact";
import { isReady } from "../state/gateway.ts";
import type { Page } from "../state/route.ts";
import { strings } from "../strings.ts";
import { Failure } from "./failure.tsx";
import { Notice } from "./notice.tsx";

interface PageBodyProps {
  page: Page;
  /** What can be done at the top of the page. */
  action?: ComponentChildren;
  /** Why the page's first list could not be loaded. */
  failure?: string;
  retry?: () => void;
  /** What lies over the page. */
  over?: ComponentChildren;
  children: ComponentChildren;
}

/** What every page beside the conversations has: its lead, what went wrong, and whether it may be old. */
export function PageBody({ page, action, failure, retry = () => undefined, over, children }: PageBodyProps) {
  const { title, lead } = strings[page];
  return (
    <div class="conversation">
      <div class="scroller" id={page} tabIndex={0} role="group" aria-label={title}>
        <div class="page-column">
          <div class="lead-row"><p class="lead">{lead}</p>{action}</div>
          {!isReady.value && <p class="stale">{strings.connection.stale}</p>}
          <Failure reason={failure} retry={retry} />
          {children}
        </div>
      </div>
      <Notice />
      {over}
    </div>
  );
}
