import { useEffect, useRef } from "preact/hooks";
import { narrow } from "../state/page.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { DrawerButton } from "./drawer-button.tsx";

interface PageHeaderProps {
  title: string;
  /** Whether something further down takes the focus instead. */
  keepFocus?: boolean;
}

/** The head of a page beside the conversations; whoever comes there begins at its title. */
export function PageHeader({ title, keepFocus = false }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!keepFocus) heading.current?.focus();
  }, []);
  return (
    <header class="chat-head">
      <DrawerButton />
      <div class="chat-title">
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {narrow.value && <div class="chat-under"><ConnectionBadge /></div>}
      </div>
    </header>
  );
}
