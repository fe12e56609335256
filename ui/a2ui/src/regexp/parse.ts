import { readClass, readEscape } from "./classes.ts";
import type { Assertion } from "./program.ts";
import { Reader } from "./reader.ts";

/** A pattern taken apart. */
export type Tree =
  | { kind: "char"; fits: (char: string) => boolean }
  | { kind: "assert"; holds: Assertion }
  | { kind: "ahead"; inner: Tree; wanted: boolean }
  | { kind: "sequence"; items: Tree[] }
  | { kind: "either"; ways: Tree[] }
  | { kind: "repeat"; inner: Tree; least: number; most: number };

const MOST_CHARS = 1_000;
const MOST_GROUPS = 40;
/** Counted repeats such as `{1000}` are written out when compiled. */
const MOST_REPEATS = 1_000;

const START: Assertion = (_text, at) => at === 0;
const END: Assertion = (text, at) => at === text.length;
const isWord = (char: string | undefined) => char !== undefined && /^\w$/.test(char);
const BORDER: Assertion = (text, at) => isWord(text[at - 1]) !== isWord(text[at]);

/** Takes a pattern apart. Back references and looking behind are refused: they have no bound in time. */
export function parse(pattern: string): Tree {
  const reader = new Reader(pattern);
  if (reader.length > MOST_CHARS) throw new SyntaxError(`a pattern has at most ${MOST_CHARS} characters`);
  const tree = either(reader, 0);
  if (!reader.done) throw new SyntaxError("a `)` too many");
  return tree;
}

function either(reader: Reader, depth: number): Tree {
  if (depth > MOST_GROUPS) throw new SyntaxError("groups lie too deep inside each other");
  const ways = [sequence(reader, depth)];
  while (reader.take("|")) ways.push(sequence(reader, depth));
  return { kind: "either", ways };
}

function sequence(reader: Reader, depth: number): Tree {
  const items: Tree[] = [];
  while (!reader.done && reader.peek() !== "|" && reader.peek() !== ")") items.push(repeated(reader, depth));
  return { kind: "sequence", items };
}

function repeated(reader: Reader, depth: number): Tree {
  const inner = atom(reader, depth);
  const times = count(reader);
  if (!times) return inner;
  // Whether it takes much or little first makes no difference to whether it matches.
  reader.take("?");
  const [least, most] = times;
  const isBounded = least <= MOST_REPEATS && (most <= MOST_REPEATS || most === Infinity);
  if (least > most || !isBounded) throw new SyntaxError("a repeat is out of bounds");
  return { kind: "repeat", inner, least, most };
}

function count(reader: Reader): [number, number] | undefined {
  if (reader.take("*")) return [0, Infinity];
  if (reader.take("+")) return [1, Infinity];
  if (reader.take("?")) return [0, 1];
  const match = reader.match(/^\{(\d{1,4})(,(\d{0,4}))?\}/);
  if (!match) return undefined;
  const least = Number(match[1]);
  if (match[2] === undefined) return [least, least];
  return [least, match[3] ? Number(match[3]) : Infinity];
}

function atom(reader: Reader, depth: number): Tree {
  const char = reader.next();
  switch (char) {
    case "(":
      return group(reader, depth);
    case "[":
      return { kind: "char", fits: readClass(reader) };
    case ".":
      return { kind: "char", fits: (one) => !/^[\n\r\u2028\u2029]$/.test(one) };
    case "^":
      return { kind: "assert", holds: START };
    case "$":
      return { kind: "assert", holds: END };
    case "\\":
      return escaped(reader);
    case "*":
    case "+":
    case "?":
      throw new SyntaxError("nothing to repeat");
    default:
      return { kind: "char", fits: (one) => one === char };
  }
}

function escaped(reader: Reader): Tree {
  if (reader.take("b")) return { kind: "assert", holds: BORDER };
  if (reader.take("B")) return { kind: "assert", holds: (text, at) => !BORDER(text, at) };
  return { kind: "char", fits: readEscape(reader) };
}

function group(reader: Reader, depth: number): Tree {
  const head = reader.match(/^\?(?:[:=!]|<(?![=!])[A-Za-z_]\w{0,40}>)/)?.[0];
  if (head === undefined && reader.peek() === "?") throw new SyntaxError("this kind of group is not supported");
  const inner = either(reader, depth + 1);
  if (!reader.take(")")) throw new SyntaxError("a group has no end");
  return head === "?=" || head === "?!" ? { kind: "ahead", inner, wanted: head === "?=" } : inner;
}
