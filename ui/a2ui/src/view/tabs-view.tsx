import { useId, useRef, useState } from "preact/hooks";
import type { PartOf } from "../model/parts.ts";
import { PartView } from "./part-view.tsx";

/** Tabs: arrow keys, Home and End walk along them, as everywhere. */
export function TabsView({ part: { id, tabs, called } }: { part: PartOf<"Tabs"> }) {
  const [chosen, setChosen] = useState(0);
  const bar = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const current = Math.min(chosen, tabs.length - 1);
  const walk = (event: KeyboardEvent) => {
    const next = stepTo(event.key, current, tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
    bar.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  const shown = tabs[current];
  return (
    <div class="tabs" data-id={id}>
      <div class="tab-bar" role="tablist" aria-label={called} ref={bar} onKeyDown={walk}>
        {tabs.map(({ title }, index) => (
          <button type="button" key={index} role="tab" id={`${prefix}-tab-${index}`} aria-selected={index === current}
            aria-controls={`${prefix}-panel`} tabIndex={index === current ? 0 : -1} onClick={() => setChosen(index)}>
            {title}
          </button>
        ))}
      </div>
      {shown && (
        <div class="tab-panel" role="tabpanel" id={`${prefix}-panel`} aria-labelledby={`${prefix}-tab-${current}`} tabIndex={0}>
          <PartView key={shown.child.key} part={shown.child} />
        </div>
      )}
    </div>
  );
}

function stepTo(key: string, current: number, count: number): number | undefined {
  switch (key) {
    case "ArrowRight":
      return (current + 1) % count;
    case "ArrowLeft":
      return (current + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
