import { compile } from "./compile.ts";
import { type Program, run, TooCostly } from "./program.ts";

/** Characters of a text that a pattern is held against. */
const MOST_TEXT = 2_000;
/** Steps of one answer: a few milliseconds. */
const MOST_COST = 400_000;
const CACHE_SIZE = 200;

const cache = new Map<string, Program>();

/**
 * Whether an agent's pattern is found in a text, in bounded time. Patterns come from agents, and the browser's own
 * engine may take for ever on a bad one, which would freeze the page.
 * @throws SyntaxError for a pattern that is none or is not supported, TooCostly for one that takes too long.
 */
export function patternFits(pattern: string, text: string): boolean {
  if (text.length > MOST_TEXT) throw new TooCostly();
  return run(compiled(pattern), Array.from(text), 0, false, { steps: MOST_COST });
}

function compiled(pattern: string): Program {
  const known = cache.get(pattern);
  if (known) return known;
  const program = compile(pattern);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(pattern, program);
  return program;
}
