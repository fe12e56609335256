import { Lexer, lexer, type Token, type Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { isCostly } from "../../../src/markdown-cost.ts";
import { LIMITS } from "../limits.ts";
import { linkAddress } from "../model/address.ts";
import { useSurfacing } from "./surfacing.ts";

/** A text with simple Markdown. It becomes elements and never HTML: markup inside it is shown as text. */
export function Markdown({ text, level }: { text: string; level: number }) {
  const tokens = tokensOf(text, lexer);
  return <>{tokens ? tokens.map((token) => block(token, level)) : <p class="plain">{text}</p>}</>;
}

/** A line with emphasis, code and links. */
export function Inline({ text }: { text: string }) {
  const tokens = tokensOf(text, Lexer.lexInline);
  return <>{tokens ? inline(tokens) : text}</>;
}

/** Nothing for a text that no parser should be given. */
function tokensOf(text: string, lex: (text: string, options: object) => Token[]): Token[] | undefined {
  if (text.length > LIMITS.markdownChars || isCostly(text)) return undefined;
  try {
    return lex(text, { gfm: true, breaks: true });
  } catch {
    return undefined;
  }
}

function block(token: Token, level: number): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading": {
      const { depth, tokens } = token as Tokens.Heading;
      return <div role="heading" aria-level={level} class={`h${Math.min(depth, 5)}`}>{inline(tokens)}</div>;
    }
    case "code":
      return <pre tabIndex={0}><code>{(token as Tokens.Code).text}</code></pre>;
    case "blockquote":
      return <blockquote>{(token as Tokens.Blockquote).tokens.map((inner) => block(inner, level))}</blockquote>;
    case "list":
      return list(token as Tokens.List, level);
    case "hr":
      return <hr />;
    case "paragraph":
      return <p>{inline((token as Tokens.Paragraph).tokens)}</p>;
    case "text":
      return inline([token]);
    default:
      return <p class="plain">{token.raw}</p>;
  }
}

function list({ ordered, start, items }: Tokens.List, level: number): ComponentChildren {
  const children = items.map((item) => <li>{item.tokens.map((inner) => block(inner, level))}</li>);
  return ordered ? <ol start={start === "" ? 1 : start}>{children}</ol> : <ul>{children}</ul>;
}

function inline(tokens: readonly Token[]): ComponentChildren[] {
  return tokens.map(piece);
}

function piece(token: Token): ComponentChildren {
  switch (token.type) {
    case "strong":
      return <strong>{inline((token as Tokens.Strong).tokens)}</strong>;
    case "em":
      return <em>{inline((token as Tokens.Em).tokens)}</em>;
    case "del":
      return <del>{inline((token as Tokens.Del).tokens)}</del>;
    case "codespan":
      return <code>{(token as Tokens.Codespan).text}</code>;
    case "br":
      return <br />;
    case "link": {
      const { href, tokens } = token as Tokens.Link;
      return <Link href={href}>{inline(tokens)}</Link>;
    }
    case "image":
      return (token as Tokens.Image).text;
    case "escape":
      return (token as Tokens.Escape).text;
    case "text": {
      const { text, tokens } = token as Tokens.Text;
      return tokens ? inline(tokens) : text;
    }
    default:
      return token.raw;
  }
}

/** A link that may be opened; the words alone of any other. */
function Link({ href, children }: { href: string; children: ComponentChildren }) {
  const { open } = useSurfacing();
  const address = linkAddress(href);
  if (address === undefined) return <>{children}</>;
  const follow = (event: Event) => {
    event.preventDefault();
    open(address, event);
  };
  return <a href={address} rel="noopener noreferrer" target="_blank" onClick={follow} onAuxClick={follow}>{children}</a>;
}
