import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** A press that was meant for what stood there before must not decide about what stands there now. */
const SETTLE_MS = 700;

interface Considered {
  /** The element that scrolls. */
  scroller: RefObject<HTMLDivElement | null>;
  /** An element behind everything that is to be read. */
  end: RefObject<HTMLDivElement | null>;
  /** Whether the whole of it was in sight, and long enough not to be pressed by mistake. */
  considered: boolean;
  /** Whether its end was in sight. */
  read: boolean;
}

/** Watches that somebody could read the whole of what `id` names before it can be allowed. */
export function useConsidered(id: string): Considered {
  const scroller = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const [read, setRead] = useState<string>();
  const [settled, setSettled] = useState<string>();
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setRead(id);
      },
      { root: scroller.current },
    );
    if (end.current) watch.observe(end.current);
    const timer = setTimeout(() => setSettled(id), SETTLE_MS);
    return () => {
      watch.disconnect();
      clearTimeout(timer);
    };
  }, [id]);
  return { scroller, end, read: read === id, considered: read === id && settled === id };
}
