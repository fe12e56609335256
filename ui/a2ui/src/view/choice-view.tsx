import { useId, useState } from "preact/hooks";
import type { PartOf } from "../model/parts.ts";
import { strings } from "../strings.ts";
import { useFaults } from "./field.tsx";
import { useSurfacing } from "./surfacing.ts";

type Choice = PartOf<"ChoicePicker">;

/** One or some of a few options. */
export function ChoiceView({ part }: { part: Choice }) {
  const { enter } = useSurfacing();
  const { touch, told, notes } = useFaults(part);
  const [sought, setSought] = useState("");
  const group = useId();
  const { value, options, isSingle, label, called } = part;
  const isFull = !isSingle && value.length >= part.most;
  const shown = options.filter((option) => option.label.toLowerCase().includes(sought.trim().toLowerCase()));
  const choose = (option: string, isOn: boolean) => {
    const others = isSingle ? [] : value.filter((one) => one !== option);
    enter(part.target, isOn ? [...others, option] : others);
  };
  return (
    <fieldset class={`choice ${part.displayStyle}`} data-id={part.id} aria-label={called ?? (label || undefined)}
      onFocusOut={touch} {...told}>
      {label && <legend>{label}</legend>}
      {part.filterable && (
        <input class="filter" type="search" placeholder={strings.filter} aria-label={strings.filter} value={sought}
          onInput={(event) => setSought(event.currentTarget.value)} />
      )}
      <div class="options">
        {shown.map((option) => (
          <label class="option" key={option.value}>
            <input type={isSingle ? "radio" : "checkbox"} name={group} checked={value.includes(option.value)}
              disabled={isFull && !value.includes(option.value)}
              onChange={(event) => choose(option.value, event.currentTarget.checked)} />
            <span>{option.label}</span>
          </label>
        ))}
        {shown.length === 0 && options.length > 0 && <span class="quiet">{strings.noOption}</span>}
      </div>
      {notes}
    </fieldset>
  );
}
