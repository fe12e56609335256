import type { TargetedEvent } from "preact";
import type { PartOf } from "../model/parts.ts";
import { LIMITS } from "../limits.ts";
import { Field, useFaults } from "./field.tsx";
import { useSurfacing } from "./surfacing.ts";

const KINDS = { shortText: "text", number: "number", obscured: "password", date: "date" } as const;

/** What a line is to the browser. Preact's types tell these apart; their attributes here are the same. */
const typeOf = (variant: keyof typeof KINDS) => KINDS[variant] as "text";

/** A line or a page of text. */
export function TextFieldView({ part }: { part: PartOf<"TextField"> }) {
  const { enter } = useSurfacing();
  const { touch, told, notes } = useFaults(part);
  const { variant, value, label, target, called } = part;
  const shared = {
    value,
    maxLength: LIMITS.textChars,
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => enter(target, event.currentTarget.value),
    onBlur: touch,
    "aria-label": called ?? (label ? undefined : variant),
    ...told,
  };
  return (
    <Field part={part} label={label} notes={notes}>
      {(id) => variant === "longText"
        ? <textarea id={id} rows={4} {...shared} />
        : <input id={id} type={typeOf(variant)} step="any" autocomplete="off" {...shared} />}
    </Field>
  );
}
