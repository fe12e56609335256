import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import type { Part } from "../model/parts.ts";

interface Described {
  faults: string[];
  hint: string | undefined;
}

/** What an input needs to say what is wrong with it, once its user has been there. */
export function useFaults({ faults, hint }: Described) {
  const [touched, setTouched] = useState(false);
  const id = useId();
  const shown = touched ? faults : [];
  return {
    touch: () => setTouched(true),
    told: { "aria-invalid": shown.length > 0 || undefined, "aria-describedby": shown.length > 0 || hint ? id : undefined },
    notes: <Notes id={id} faults={shown} hint={hint} />,
  };
}

function Notes({ id, faults, hint }: { id: string } & Described) {
  return (
    <span class="notes" id={id}>
      {faults.map((fault) => <span class="fault" key={fault}>{fault}</span>)}
      {hint && <span class="sr-only">{hint}</span>}
    </span>
  );
}

/** A label above its input. */
export function Field({ part, label, notes, children }: {
  part: Part;
  label: string;
  notes: ComponentChildren;
  children: (id: string) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field" data-id={part.id}>
      {label && <label for={id}>{label}</label>}
      {children(id)}
      {notes}
    </div>
  );
}
