import type { Reader } from "./reader.ts";

/** Whether a character belongs to a class. */
export type Fits = (char: string) => boolean;

const SETS: Readonly<Record<string, RegExp>> = { d: /^\d$/, D: /^\D$/, w: /^\w$/, W: /^\W$/, s: /^\s$/, S: /^\S$/ };
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v", 0: "\0" };

/** What stands after a `\`, outside or inside of brackets. */
export function readEscape(reader: Reader): Fits {
  const one = reader.peek() ?? "";
  const set = SETS[one];
  if (set) {
    reader.next();
    return (char) => set.test(char);
  }
  const property = reader.match(/^([pP])\{([A-Za-z_=]{1,40})\}/);
  if (property) return propertyClass(property[1] ?? "", property[2] ?? "");
  const code = codeOf(reader);
  return (char) => char === code;
}

/** What stands in brackets, after the `[`. */
export function readClass(reader: Reader): Fits {
  const isNegated = reader.take("^");
  const parts: Fits[] = [];
  while (!reader.take("]")) parts.push(classPart(reader));
  return (char) => parts.some((fits) => fits(char)) !== isNegated;
}

function classPart(reader: Reader): Fits {
  const isSet = reader.peek() === "\\" && (Object.hasOwn(SETS, reader.peek(1) ?? "") || /^[pP]$/.test(reader.peek(1) ?? ""));
  if (isSet) {
    reader.next();
    return readEscape(reader);
  }
  const from = classChar(reader);
  if (reader.peek() !== "-" || reader.peek(1) === "]") return (char) => char === from;
  reader.next();
  const to = classChar(reader);
  if (order(from) > order(to)) throw new SyntaxError("a range is out of order");
  return (char) => order(from) <= order(char) && order(char) <= order(to);
}

function classChar(reader: Reader): string {
  const char = reader.next();
  if (char !== "\\") return char;
  return reader.take("b") ? "\b" : codeOf(reader);
}

/** The one character that an escape stands for. */
function codeOf(reader: Reader): string {
  const hex = reader.match(/^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/);
  if (hex) return fromHex(hex[1] ?? hex[2] ?? hex[3] ?? "");
  const char = reader.next();
  if (/^[1-9k]$/.test(char)) throw new SyntaxError("back references are not supported");
  return CONTROLS[char] ?? char;
}

function fromHex(digits: string): string {
  const code = Number.parseInt(digits, 16);
  if (code > 0x10ffff) throw new SyntaxError("there is no such character");
  return String.fromCodePoint(code);
}

function propertyClass(letter: string, name: string): Fits {
  // A class of one character cannot be slow; its name was read as plain letters.
  const one = new RegExp(`^\\${letter}{${name}}$`, "u");
  return (char) => one.test(char);
}

function order(char: string): number {
  return char.codePointAt(0) ?? 0;
}
