import type { Part, PartOf } from "../model/parts.ts";
import { PartView } from "./part-view.tsx";

/** A row or a column. */
export function StackView({ part }: { part: PartOf<"Row" | "Column"> }) {
  const direction = part.type === "Row" ? "row" : "column";
  return (
    <div class={`stack ${direction} justify-${part.justify} align-${part.align}`} data-id={part.id} {...grouped(part)}>
      {part.children.map((child) => <Weighted key={child.key} part={child} />)}
    </div>
  );
}

/** A list; a horizontal one is scrolled sideways, by keys too. */
export function ListView({ part }: { part: PartOf<"List"> }) {
  const isSideways = part.direction === "horizontal";
  return (
    <div class={`list ${part.direction} align-${part.align}`} data-id={part.id} role="list" aria-label={part.called}
      tabIndex={isSideways ? 0 : undefined}>
      {part.children.map((child) => <div key={child.key} role="listitem"><PartView part={child} /></div>)}
    </div>
  );
}

export function CardView({ part }: { part: PartOf<"Card"> }) {
  return <div class="card" data-id={part.id} {...grouped(part)}><PartView part={part.child} /></div>;
}

export function DividerView({ part: { id, axis } }: { part: PartOf<"Divider"> }) {
  return <div class={`divider ${axis}`} data-id={id} role="separator" aria-orientation={axis} />;
}

/** A child with its share of the room. */
function Weighted({ part }: { part: Part }) {
  if (part.weight === undefined) return <PartView part={part} />;
  return <div class="weighted" style={{ flexGrow: String(part.weight) }}><PartView part={part} /></div>;
}

/** A container that has a name is announced as a group of that name. */
function grouped({ called }: { called: string | undefined }) {
  return called === undefined ? {} : { role: "group" as const, "aria-label": called };
}
