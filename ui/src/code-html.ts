/** Colours for code: comments, texts, numbers and the common words of common languages, no more. */

export function escape(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

/** Longer code stays plain: colouring it at every word of a stream would cost more than it gives. */
const MOST_CHARS = 20_000;

const PLAIN = new Set(["", "text", "txt", "plain", "plaintext", "output", "log", "md", "markdown", "html", "xml", "diff"]);
const HASH = new Set([
  "bash", "conf", "dockerfile", "fish", "ini", "make", "makefile", "nix", "py", "python", "r", "rb", "ruby", "sh",
  "shell", "toml", "yaml", "yml", "zsh",
]);
const DASHES = new Set(["elm", "haskell", "hs", "lua", "sql"]);

const WORDS = new Set(
  (
    "abstract and as assert async await begin bool boolean break case catch char class const continue crate create " +
    "def default del delete do double drop elif else elsif end enum except export extends extern false final finally " +
    "float fn for from func function go goto group if impl import in include insert int interface into is join lambda " +
    "let limit long loop match mod module move mut namespace new nil none not null of on or order override package " +
    "pass priv private protected pub public raise ref return select self set short static str string struct super " +
    "switch table template then this throw trait true try type typedef typeof undefined union unless unsafe unsigned " +
    "until update use using values var virtual void where while with yield fi done esac echo"
  ).split(" "),
);

const TEXT = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/;
/** A lone quote before a name is a lifetime, so only single letters are texts here. */
const RUST_TEXT = /"(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\[^\n]{1,8}?)'/;
const NUMBER = /\b\d[\w.]*/;
const NAME = /[A-Za-z_]\w*/;

function commentOf(language: string): RegExp {
  if (HASH.has(language)) return /(?<!\S)#[^\n]*/;
  return DASHES.has(language) ? /--[^\n]*/ : /(?<!:)\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/;
}

function tokens(language: string): RegExp {
  const text = language === "rust" || language === "rs" ? RUST_TEXT : TEXT;
  const kinds = { note: commentOf(language), text, number: NUMBER, word: NAME };
  return new RegExp(Object.entries(kinds).map(([kind, rule]) => `(?<${kind}>${rule.source})`).join("|"), "g");
}

/** Code as HTML; every piece of it is escaped. */
export function codeHtml(code: string, info: string): string {
  const language = (info.split(/\s/)[0] ?? "").toLowerCase();
  if (PLAIN.has(language) || code.length > MOST_CHARS) return escape(code);
  let html = "";
  let at = 0;
  for (const found of code.matchAll(tokens(language))) {
    const kind = kindOf(found.groups ?? {}, found[0], language);
    if (!kind) continue;
    html += `${escape(code.slice(at, found.index))}<span class="${kind}">${escape(found[0])}</span>`;
    at = found.index + found[0].length;
  }
  return html + escape(code.slice(at));
}

function kindOf(groups: Record<string, string | undefined>, piece: string, language: string): string | undefined {
  if (groups.note !== undefined) return "note";
  if (groups.text !== undefined) return "text";
  if (groups.number !== undefined) return "number";
  return WORDS.has(language === "sql" ? piece.toLowerCase() : piece) ? "word" : undefined;
}
