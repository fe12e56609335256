import type { PartOf } from "../model/parts.ts";
import { Inline, Markdown } from "./markdown.tsx";
import { useSurfacing } from "./surfacing.ts";

/** Text: a heading, a caption, or a piece of Markdown. */
export function TextView({ part: { key, id, text, variant, called } }: { part: PartOf<"Text"> }) {
  const { levelOf } = useSurfacing();
  const shared = { class: `text ${variant}`, "data-id": id };
  if (variant === "body") return <div {...shared}><Markdown text={text} level={levelOf(key)} /></div>;
  if (variant === "caption") return <span {...shared}><Inline text={text} /></span>;
  return <div {...shared} role="heading" aria-level={levelOf(key)} aria-label={called}><Inline text={headline(text)} /></div>;
}

/** Agents mark a heading twice, by its variant and in Markdown. */
function headline(text: string): string {
  return text.replace(/^#{1,6}\s+/, "");
}
