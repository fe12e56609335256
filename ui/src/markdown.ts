import DOMPurify from "dompurify";
import { lexer, Parser, Renderer, type Tokens } from "marked";
import { codeHtml, escape } from "./code-html.ts";
import { isCostly } from "./markdown-cost.ts";
import { strings } from "./strings.ts";

/** One top-level piece of a text; pieces before the last never change while the text streams in. */
export interface Block {
  html: string;
}

const CLEAN = {
  ALLOWED_TAGS: [
    "a", "blockquote", "br", "button", "code", "del", "div", "em", "hr", "li", "ol", "p", "pre",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
  ],
  ALLOWED_ATTR: [
    "align", "aria-hidden", "aria-label", "aria-level", "class", "data-copy", "href", "rel", "role",
    "start", "tabindex", "target", "type",
  ],
  // Without this list the pattern below would be held against every attribute, not only addresses.
  ADD_URI_SAFE_ATTR: [
    "align", "aria-hidden", "aria-label", "aria-level", "data-copy", "rel", "start", "tabindex",
    "target", "type",
  ],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** Headings start below the page's own and never skip a level, whatever the text does. */
class PageRenderer extends Renderer {
  #level = 1;

  override heading({ tokens, depth }: Tokens.Heading): string {
    this.#level = Math.min(6, depth + 1, this.#level + 1);
    const inner = this.parser.parseInline(tokens);
    return `<div role="heading" aria-level="${this.#level}" class="h h${depth}">${inner}</div>`;
  }

  override code({ text, lang }: Tokens.Code): string {
    const name = escape((lang ?? "").split(/\s/)[0] || strings.chat.code);
    return (
      `<div class="code"><div class="code-bar"><span>${name}</span>` +
      `<button type="button" class="code-copy" data-copy="1" aria-label="${strings.chat.copyCode}">` +
      `${strings.chat.copy}</button></div>` +
      `<pre tabindex="0" role="group" aria-label="${name}"><code>${codeHtml(text, lang ?? "")}</code></pre></div>`
    );
  }

  override table(token: Tokens.Table): string {
    const inner = super.table(token);
    return `<div class="table" tabindex="0" role="group" aria-label="${strings.chat.table}">${inner}</div>`;
  }

  override link({ href, tokens }: Tokens.Link): string {
    const inner = this.parser.parseInline(tokens);
    return `<a href="${escape(href)}" target="_blank" rel="noopener noreferrer">${inner}</a>`;
  }

  /** Remote pictures would tell their host that this page was read, so a link stands for them. */
  override image({ href, text }: Tokens.Image): string {
    const label = escape(text || href);
    return `<a href="${escape(href)}" target="_blank" rel="noopener noreferrer">${label}</a>`;
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    return `<span class="check" aria-hidden="true">${checked ? "☑" : "☐"}</span> `;
  }

  /** Markup inside the text is shown as text. */
  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return escape(text);
  }
}

const cache = new Map<string, string>();
const CACHE_SIZE = 4_000;

function cleaned(html: string): string {
  const known = cache.get(html);
  if (known !== undefined) return known;
  const safe = DOMPurify.sanitize(html, CLEAN);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(html, safe);
  return safe;
}

/** Turns markdown into sanitised pieces of HTML; text that no parser should be given is shown as it is. */
export function renderMarkdown(text: string): Block[] {
  if (isCostly(text)) return [asItIs(text)];
  try {
    const parser = new Parser({ gfm: true, breaks: true, renderer: new PageRenderer() });
    return lexer(text, { gfm: true, breaks: true })
      .filter((token) => token.type !== "space" && token.type !== "def")
      .map((token) => ({ html: cleaned(parser.parse([token])) }));
  } catch {
    return [asItIs(text)];
  }
}

function asItIs(text: string): Block {
  return { html: cleaned(`<pre>${escape(text)}</pre>`) };
}
