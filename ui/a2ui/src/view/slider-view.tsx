import type { PartOf } from "../model/parts.ts";
import { strings } from "../strings.ts";
import { Field, useFaults } from "./field.tsx";
import { useSurfacing } from "./surfacing.ts";

/** Steps that a slider has at least, where its numbers are close together. */
const STEPS = 100;

/** A number in a range. */
export function SliderView({ part }: { part: PartOf<"Slider"> }) {
  const { enter } = useSurfacing();
  const { touch, told, notes } = useFaults(part);
  const { label, value, min, max, called } = part;
  return (
    <Field part={part} label={label} notes={notes}>
      {(id) => (
        <div class="slider">
          <input id={id} type="range" min={min} max={max} step={stepOf(min, max)} value={value} onBlur={touch} {...told}
            aria-label={called ?? (label ? undefined : strings.value)}
            onInput={(event) => enter(part.target, event.currentTarget.valueAsNumber)} />
          <output for={id}>{value}</output>
        </div>
      )}
    </Field>
  );
}

/** Whole numbers where the range has room for them, else a tenth, a hundredth … */
function stepOf(min: number, max: number): number {
  const range = max - min;
  if (range >= STEPS / 10 || range <= 0) return 1;
  return 10 ** Math.floor(Math.log10(range / STEPS));
}
