import { parseTemplate } from "../functions/template.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { type Fields, isFields, words } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { parsePath, type Path, read } from "./pointer.ts";

/** What all scopes of one drawing share. */
export interface Working {
  data: unknown;
  locale: string | undefined;
  /** Values that may still be worked out. */
  values: number;
  /** What could not be worked out, each once. */
  problems: Set<string>;
}

/** A place in the data model from which values are worked out: its root, or an item of a list. */
export class Scope {
  readonly #working: Working;
  readonly base: Path;

  constructor(working: Working, base: Path) {
    this.#working = working;
    this.base = base;
  }

  /** The same drawing, seen from another place. */
  at(base: Path): Scope {
    return new Scope(this.#working, base);
  }

  /** What is at a pointer; undefined if there is nothing or the pointer is none. */
  read(pointer: string): unknown {
    return this.#safely(() => read(this.#working.data, parsePath(pointer, this.base)));
  }

  /** Works out a literal, a bound value or a function call. What fails is undefined, and told as a problem. */
  value(dynamic: unknown): unknown {
    return this.#safely(() => this.#evaluate(dynamic, 0));
  }

  problem(text: string): void {
    if (this.#working.problems.size < LIMITS.problems) this.#working.problems.add(text);
  }

  #evaluate(dynamic: unknown, depth: number): unknown {
    this.#working.values -= 1;
    if (this.#working.values < 0) throw new RangeError("the surface works out too many values");
    if (depth > LIMITS.callDepth) throw new RangeError("functions lie too deep inside each other");
    if (Array.isArray(dynamic)) return dynamic.map((one) => this.#evaluate(one, depth + 1));
    if (!isFields(dynamic)) return dynamic;
    if (typeof dynamic.path === "string") {
      return read(this.#working.data, parsePath(dynamic.path, this.base)) ?? dynamic.initial;
    }
    return typeof dynamic.call === "string" ? this.#call(dynamic.call, dynamic.args, depth) : dynamic;
  }

  #call(name: string, args: unknown, depth: number): unknown {
    const given = isFields(args) ? Object.entries(args) : [];
    const known: Fields = Object.fromEntries(given.map(([key, value]) => [key, this.#evaluate(value, depth + 1)]));
    if (name === "formatString") return this.#formatString(words(known.value), depth);
    const pure = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!pure) throw new RangeError(`there is no function \`${name.slice(0, 80)}\` that gives a value`);
    return pure(known, this.#working.locale);
  }

  #formatString(template: string, depth: number): string {
    const parts = parseTemplate(template.slice(0, LIMITS.textChars));
    return parts.map((part) => words(this.#evaluate(part, depth + 1))).join("").slice(0, LIMITS.textChars);
  }

  #safely(work: () => unknown): unknown {
    try {
      return work();
    } catch (error) {
      this.problem(error instanceof Error && error.message !== "" ? error.message : "a value could not be worked out");
      return undefined;
    }
  }
}
