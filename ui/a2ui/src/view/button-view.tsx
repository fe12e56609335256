import { useId } from "preact/hooks";
import type { Part, PartOf } from "../model/parts.ts";
import { PartView } from "./part-view.tsx";
import { useSurfacing } from "./surfacing.ts";

/** A button. With a failing check it cannot be pressed but still be reached, and says why. */
export function ButtonView({ part }: { part: PartOf<"Button"> }) {
  const { press } = useSurfacing();
  const why = useId();
  const isOff = part.faults.length > 0;
  const pressed = (event: Event) => {
    if (isOff) event.stopPropagation();
    else press(part, event);
  };
  const told = [...part.faults, ...(part.hint ? [part.hint] : [])].join(". ");
  return (
    <span class="button-place">
      <button type="button" class={`button ${part.variant}`} data-id={part.id} aria-disabled={isOff || undefined}
        aria-label={part.called ?? iconWords(part.child)} aria-describedby={told ? why : undefined}
        title={isOff ? told : undefined} onClick={pressed}>
        <PartView part={part.child} />
      </button>
      {told && <span class="sr-only" id={why}>{told}</span>}
    </span>
  );
}

/** A button that shows nothing but an icon is called by it: `skipNext` is "skip next". */
function iconWords(child: Part): string | undefined {
  if (child.type !== "Icon" || child.called) return undefined;
  return child.name.replace(/([A-Z])/g, " $1").toLowerCase() || undefined;
}
