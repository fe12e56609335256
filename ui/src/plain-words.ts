/** No title, preview or spoken sentence needs more; it bounds the work too. */
const MOST_CHARS = 2_000;

/** Marks of markdown, in the order in which they are taken away. What they mark stays. */
const MARKS: readonly (readonly [marks: RegExp, left: string])[] = [
  [/^[\s|:]*-{2,}[\s|:-]*$/gm, " "],
  [/^\s*\||\|\s*$/gm, " "],
  [/^\s{0,3}(?:#{1,6}|>|[-*+])\s+/gm, ""],
  [/!?\[([^\]]*)\]\([^)\s]*\)/g, "$1"],
  [/`+/g, ""],
  [/(?<![\w*])(\*{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])/g, "$2"],
  [/(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)/g, "$2"],
  [/~~(?=\S)(.+?)(?<=\S)~~/g, "$1"],
  // A text that was cut has the first of two marks only.
  [/(?<!\w)(?:\*{1,3}|_{1,3}|~~)(?=\w[^*_~]*$)/g, ""],
];

/** The words of a markdown text alone, for a title, a list or a voice. */
export function plainWords(text: string): string {
  const bare = MARKS.reduce((left, [marks, by]) => left.replace(marks, by), text.slice(0, MOST_CHARS));
  return bare.replace(/\s+/g, " ").trim();
}
