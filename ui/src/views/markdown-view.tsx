import { memo } from "preact/compat";
import { useMemo } from "preact/hooks";
import { renderMarkdown } from "../markdown.ts";
import { strings } from "../strings.ts";

/** Model text as sanitised markdown; while it streams, only its last piece is drawn anew. */
export function MarkdownView({ text }: { text: string }) {
  const blocks = useMemo(() => renderMarkdown(text), [text]);
  return (
    <div class="prose" onClick={copyCode}>
      {blocks.map((block, index) => (
        <Piece key={index} html={block.html} />
      ))}
    </div>
  );
}

const Piece = memo(({ html }: { html: string }) => (
  // The HTML comes from renderMarkdown, which sanitises it.
  <div class="piece" dangerouslySetInnerHTML={{ __html: html }} />
));

async function copyCode(event: MouseEvent): Promise<void> {
  const target = event.target;
  const button = target instanceof Element ? target.closest<HTMLElement>("[data-copy]") : null;
  const code = button?.closest(".code")?.querySelector("code")?.textContent;
  if (!button || code === null || code === undefined) return;
  await navigator.clipboard.writeText(code);
  button.textContent = strings.chat.copied;
  setTimeout(() => {
    button.textContent = strings.chat.copy;
  }, 1_500);
}
