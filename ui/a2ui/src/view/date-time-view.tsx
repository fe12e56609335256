import type { PartOf } from "../model/parts.ts";
import { strings } from "../strings.ts";
import { Field, useFaults } from "./field.tsx";
import { useSurfacing } from "./surfacing.ts";

const CALLED = { date: strings.date, time: strings.time, "datetime-local": strings.dateAndTime } as const;

/** A day, a time, or both, by the browser's own picker. */
export function DateTimeView({ part }: { part: PartOf<"DateTimeInput"> }) {
  const { enter } = useSurfacing();
  const { touch, told, notes } = useFaults(part);
  const { label, mode, value, min, max, called } = part;
  return (
    <Field part={part} label={label || CALLED[mode]} notes={notes}>
      {(id) => (
        <input id={id} type={mode} value={value} min={min || undefined} max={max || undefined} aria-label={called} onBlur={touch} {...told}
          onInput={(event) => enter(part.target, event.currentTarget.value)} />
      )}
    </Field>
  );
}
