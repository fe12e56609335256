import { Scanner } from "./scanner.ts";

/** A dynamic value as 0.9 writes it: a literal, `{path}` or `{call, args}`. */
export type Dynamic = unknown;

/** Interpolations and calls inside each other. */
const MOST_LEVELS = 24;

/** Takes a template apart: texts, and values to be worked out. `\${` stands for itself. @throws SyntaxError */
export function parseTemplate(template: string): Dynamic[] {
  const parts: Dynamic[] = [];
  const scanner = new Scanner(template);
  while (!scanner.done) {
    if (scanner.take("${")) parts.push(interpolation(scanner, 0));
    else if (scanner.take("\\${")) parts.push("${");
    else parts.push(scanner.until(/\$\{|\\\$\{/));
  }
  return parts;
}

/** What stands between `${` and `}`. */
function interpolation(scanner: Scanner, level: number): Dynamic {
  const value = expression(scanner, level);
  scanner.blanks();
  if (!scanner.take("}")) throw new SyntaxError("an interpolation has no end");
  return value;
}

function expression(scanner: Scanner, level: number): Dynamic {
  if (level > MOST_LEVELS) throw new SyntaxError("interpolations lie too deep inside each other");
  scanner.blanks();
  if (scanner.take("${")) return interpolation(scanner, level + 1);
  const quote = scanner.match(/['"]/y);
  if (quote) return quoted(scanner, quote);
  const number = scanner.match(/-?\d+(?:\.\d*)?(?![\w/])/y);
  if (number) return Number(number);
  return named(scanner, level);
}

/** A keyword, a call or a path. */
function named(scanner: Scanner, level: number): Dynamic {
  const word = scanner.match(/[\w./~-]+/y) ?? "";
  scanner.blanks();
  if (scanner.take("(")) return { call: word, args: callArguments(scanner, level) };
  if (word === "true" || word === "false") return word === "true";
  if (word === "null" || word === "") return "";
  return { path: word };
}

function callArguments(scanner: Scanner, level: number): Record<string, Dynamic> {
  const args: [string, Dynamic][] = [];
  for (scanner.blanks(); !scanner.take(")"); scanner.blanks()) {
    const name = scanner.match(/\w+/y);
    scanner.blanks();
    if (name === undefined || !scanner.take(":")) throw new SyntaxError("an argument is written `name: value`");
    args.push([name, expression(scanner, level + 1)]);
    scanner.blanks();
    scanner.take(",");
  }
  return Object.fromEntries(args);
}

function quoted(scanner: Scanner, quote: string): string {
  let text = "";
  for (;;) {
    text += scanner.until(quote === "'" ? /['\\]/ : /["\\]/);
    if (scanner.take(quote)) return text;
    if (!scanner.take("\\")) throw new SyntaxError("a quoted text has no end");
    text += unescaped(scanner.next());
  }
}

function unescaped(char: string): string {
  if (char === "n") return "\n";
  return char === "t" ? "\t" : char;
}
