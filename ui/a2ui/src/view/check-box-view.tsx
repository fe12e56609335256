import type { PartOf } from "../model/parts.ts";
import { useFaults } from "./field.tsx";
import { useSurfacing } from "./surfacing.ts";

/** A box to tick, with its words beside it. */
export function CheckBoxView({ part }: { part: PartOf<"CheckBox"> }) {
  const { enter } = useSurfacing();
  const { touch, told, notes } = useFaults(part);
  return (
    <div class="check" data-id={part.id}>
      <label class="option">
        <input type="checkbox" checked={part.value} aria-label={part.called} onBlur={touch} {...told}
          onChange={(event) => enter(part.target, event.currentTarget.checked)} />
        <span>{part.label}</span>
      </label>
      {notes}
    </div>
  );
}
