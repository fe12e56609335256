import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { loadOlder } from "../state/conversation.ts";
import type { Turns } from "../state/turns.ts";
import { earlier, later, type Range, rangeOf, tooLong, type Window, windowOf } from "./window.ts";

const NEAR_EDGE_PX = 2_500;
const FETCH_AHEAD = 150;
const NEAR_BOTTOM_PX = 40;

interface Anchor {
  key: string;
  top: number;
}

export interface Scroll {
  scroller: RefObject<HTMLDivElement | null>;
  range: Range;
  /** The reader is at the newest end and is taken along. */
  follows: boolean;
  onScroll: () => void;
  jump: () => void;
}

/**
 * Draws a window over the messages and keeps the reader's place: at the newest end the page follows,
 * anywhere else it never moves what is being read.
 */
export function useScroll(turns: Turns, said: number): Scroll {
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | undefined>(undefined);
  const lastTop = useRef(0);
  const [window, setWindow] = useState<Window>({});
  const [follows, setFollows] = useState(true);
  const { messages, nextBefore } = turns;
  const range = rangeOf(messages, window);

  const move = (next: Range): void => {
    if (scroller.current) anchor.current = visibleAnchor(scroller.current);
    setWindow(windowOf(messages, next));
  };

  const widen = (box: HTMLElement): void => {
    // Fetched before it is needed, so that a fast reader does not run into the edge.
    if (range.start < FETCH_AHEAD && nextBefore !== undefined) void loadOlder();
    if (box.scrollTop < NEAR_EDGE_PX && range.start > 0) move(earlier(range));
    else if (below(box) < NEAR_EDGE_PX && range.end < messages.length) {
      move(later(range, messages.length));
    }
  };

  const onScroll = (): void => {
    const box = scroller.current;
    if (!box) return;
    const movedUp = box.scrollTop < lastTop.current;
    lastTop.current = box.scrollTop;
    const gap = below(box);
    const atEnd = range.end === messages.length;
    if (atEnd && (gap <= 2 || (!movedUp && gap < NEAR_BOTTOM_PX))) setFollows(true);
    else if (movedUp || !atEnd) setFollows(false);
    if (movedUp || !atEnd) widen(box);
  };

  const jump = useCallback(() => {
    anchor.current = undefined;
    setWindow({});
    setFollows(true);
  }, []);

  // Another conversation, or my own new message: show the newest end.
  useLayoutEffect(jump, [turns.sessionKey, said, jump]);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    if (anchor.current) restore(box, anchor.current);
    else if (follows) box.scrollTop = box.scrollHeight;
    anchor.current = undefined;
    lastTop.current = box.scrollTop;
    if (follows && tooLong(range)) setWindow({});
    else if (!follows) widen(box);
  });

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      if (follows) box.scrollTop = box.scrollHeight;
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [follows]);

  return { scroller, range, follows, onScroll, jump };
}

function below(box: HTMLElement): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight;
}

/** The first row that the reader can see, and where it stands. */
function visibleAnchor(box: HTMLElement): Anchor | undefined {
  const top = box.getBoundingClientRect().top;
  for (const row of box.querySelectorAll<HTMLElement>("[data-key]")) {
    const place = row.getBoundingClientRect();
    if (place.bottom > top) return { key: row.dataset.key ?? "", top: place.top };
  }
  return undefined;
}

function restore(box: HTMLElement, anchor: Anchor): void {
  const row = box.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.key)}"]`);
  if (row) box.scrollTop += row.getBoundingClientRect().top - anchor.top;
}
