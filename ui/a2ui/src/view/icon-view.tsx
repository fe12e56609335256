import type { ComponentChildren } from "preact";
import type { PartOf } from "../model/parts.ts";
import { OUTLINES } from "./outlines.ts";

/** An icon of the catalogue or of the agent's own drawing; a name that is not known is shown as a word. */
export function IconView({ part: { id, name, svgPath, called } }: { part: PartOf<"Icon"> }) {
  const spoken = called ? { role: "img" as const, "aria-label": called } : { "aria-hidden": true as const };
  const isKnown = svgPath !== undefined || Object.hasOwn(OUTLINES, name);
  if (!isKnown) return <span class="placeholder" data-id={id}>{called ?? (name || "?")}</span>;
  return (
    <span class="icon-place" data-id={id} {...spoken}>
      {svgPath === undefined ? <NamedIcon name={name} /> : <Svg><path class="solid" d={svgPath} /></Svg>}
    </span>
  );
}

/** An icon by the name that the catalogue gives it. */
export function NamedIcon({ name }: { name: string }) {
  const { lines, solid } = OUTLINES[name] ?? {};
  return <Svg>{lines && <path d={lines} />}{solid && <path class="solid" d={solid} />}</Svg>;
}

function Svg({ children }: { children: ComponentChildren }) {
  return <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">{children}</svg>;
}
