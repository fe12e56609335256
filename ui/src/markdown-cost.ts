/** Quotes and lists inside each other: a parser goes one call deeper for each. */
const MOST_LEVELS = 30;
/** Spaces of one level of a list. */
const LEVEL_SPACES = 4;
/** Cells of all tables together: a wide header makes every short row as wide. */
const MOST_CELLS = 20_000;

/** Whether a text would cost a parser far more than its size. */
export function isCostly(text: string): boolean {
  let widest = 0;
  let rows = 0;
  for (const line of text.split("\n")) {
    const lead = /^[\s>]*/.exec(line)?.[0] ?? "";
    const quotes = lead.split(">").length - 1;
    const indents = (lead.length - quotes) / LEVEL_SPACES;
    const marks = /^(?:[-*+]\s+)*/.exec(line.trimStart())?.[0].length ?? 0;
    if (quotes > MOST_LEVELS || indents > MOST_LEVELS || marks / 2 > MOST_LEVELS) return true;
    const bars = line.split("|").length - 1;
    if (bars > 0) {
      widest = Math.max(widest, bars);
      rows += 1;
    }
  }
  return widest * rows > MOST_CELLS;
}
