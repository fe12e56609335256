/** A piece of a text whose every character counts. */
export interface Piece {
  /** `break` and `tab` are written out as the hidden ones are, and harmless. */
  kind: "plain" | "hidden" | "blank" | "break" | "tab";
  text: string;
  /** What the character that was written out is, where it has a name that people know. */
  name?: string;
}

/**
 * Characters that are not seen, turn the direction of writing, or are blanks that look like the
 * plain one. A gateway writes them out; one that does not must not fool the reader either.
 */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}`;
/** What a gateway wrote out in place of such a character. */
const WRITTEN = String.raw`\\u\{[0-9a-f]{1,6}\}|\\[nrt]`;
/** Blanks count at an edge, and where there are several. */
const BLANKS = "^ +| {2,}| +$";
/** A doubled backslash stands for one, so it comes first. */
const TOKENS = new RegExp(String.raw`\\\\|(?<written>${WRITTEN})|(?<unseen>${UNSEEN})|(?<blank>${BLANKS})|.`, "gsu");

/** What texts of several lines are made of: seen, and no reason to be alarmed. */
const HARMLESS: Readonly<Record<string, "break" | "tab">> = { "\\n": "break", "\\t": "tab" };

const NAMES: Readonly<Record<string, string>> = {
  "\\n": "line break",
  "\\r": "return to the start of the line",
  "\\t": "tabulator",
  "\\u{1b}": "escape",
  "\\u{a0}": "blank that does not break",
  "\\u{ad}": "soft hyphen",
  "\\u{200b}": "blank without width",
  "\\u{200c}": "separator without width",
  "\\u{200d}": "joiner without width",
  "\\u{200e}": "mark: left to right",
  "\\u{200f}": "mark: right to left",
  "\\u{202a}": "embedding: left to right",
  "\\u{202b}": "embedding: right to left",
  "\\u{202c}": "end of a direction",
  "\\u{202d}": "override: left to right",
  "\\u{202e}": "override: right to left",
  "\\u{2066}": "isolate: left to right",
  "\\u{2067}": "isolate: right to left",
  "\\u{2068}": "isolate: own direction",
  "\\u{2069}": "end of an isolate",
  "\\u{feff}": "byte order mark",
};

/** Cuts a text as a gateway tells it into what is read as it stands and what must catch the eye. */
export function pieces(told: string): readonly Piece[] {
  const found: Piece[] = [];
  for (const { 0: text, groups } of told.matchAll(TOKENS)) {
    if (groups?.written) found.push({ kind: HARMLESS[text] ?? "hidden", text, name: NAMES[text] });
    else if (groups?.unseen) found.push(writtenOut(text));
    else if (groups?.blank) found.push({ kind: "blank", text });
    else addPlain(found, text);
  }
  return found;
}

function addPlain(found: Piece[], text: string): void {
  const last = found.at(-1);
  if (last?.kind === "plain") last.text += text;
  else found.push({ kind: "plain", text });
}

function writtenOut(sign: string): Piece {
  const text = `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
  return { kind: "hidden", text, name: NAMES[text] };
}

/** Most characters of a command where it is only announced; all of it stands in the sheet. */
const PREVIEW_CHARS = 200;

/** The beginning of a text, for a line that leads to the whole of it. */
export function previewOf(told: string): string {
  return told.length <= PREVIEW_CHARS ? told : `${told.slice(0, PREVIEW_CHARS)}…`;
}

/** How many characters of the text are not seen by themselves. */
export function hiddenCount(told: string): number {
  return pieces(told).filter(({ kind }) => kind === "hidden").length;
}
