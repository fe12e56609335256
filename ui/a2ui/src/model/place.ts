import { type Fields, isFields, numberOf, words } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Part, Target } from "./parts.ts";
import { parsePath } from "./pointer.ts";
import type { Scope } from "./scope.ts";

/** Draws the component with this id as seen from a scope; `step` tells siblings of the same id apart. */
export type Draw = (id: unknown, scope: Scope, step: string) => Part;

/** One component at one place of the drawing: reads its properties in the types that views want. */
export class Place {
  readonly props: Fields;
  readonly scope: Scope;
  readonly key: string;
  readonly #draw: Draw;
  readonly #inputs: ReadonlyMap<string, unknown>;

  constructor(props: Fields, scope: Scope, key: string, draw: Draw, inputs: ReadonlyMap<string, unknown>) {
    this.props = props;
    this.scope = scope;
    this.key = key;
    this.#draw = draw;
    this.#inputs = inputs;
  }

  /** A dynamic property as text. */
  text(name: string): string {
    return this.textOf(this.props[name]);
  }

  textOf(dynamic: unknown): string {
    return words(this.scope.value(dynamic)).slice(0, LIMITS.textChars);
  }

  /** An address: longer than a text, because pictures come inline. */
  address(name: string): string {
    return words(this.scope.value(this.props[name]));
  }

  /** A dynamic property as number. */
  number(name: string, otherwise: number): number {
    const value = numberOf(this.scope.value(this.props[name]));
    return Number.isFinite(value) ? value : otherwise;
  }

  /** A property that is one of a few words. */
  word<Word extends string>(name: string, all: readonly Word[], otherwise: Word): Word {
    const value = this.props[name];
    return all.find((word) => word === value) ?? otherwise;
  }

  /** A list of objects, cut at its bound. */
  items(name: string, most: number): Fields[] {
    const value = this.props[name];
    return Array.isArray(value) ? value.filter(isFields).slice(0, most) : [];
  }

  /** The one component that a property names. */
  child(name: string): Part {
    return this.#draw(this.props[name], this.scope, name);
  }

  childOf(id: unknown, step: string): Part {
    return this.#draw(id, this.scope, step);
  }

  /** A fixed list of components, or a template filled with the items of a list or map of the data model. */
  children(): Part[] {
    const { children } = this.props;
    if (Array.isArray(children)) return children.map((id, index) => this.#draw(id, this.scope, String(index)));
    if (!isFields(children) || typeof children.path !== "string") return [];
    const { componentId, path } = children;
    return this.#itemKeys(path).map((key) => this.#draw(componentId, this.#item(path, key), key));
  }

  /** What an input shows: what the user put into it if it has no place in the data model, else its property. */
  entered(name: string): unknown {
    return this.#inputs.has(this.key) ? this.#inputs.get(this.key) : this.scope.value(this.props[name]);
  }

  /** Where an input writes. */
  target(name: string): Target {
    const bound = this.props[name];
    if (!isFields(bound) || typeof bound.path !== "string") return { input: this.key };
    return { path: parsePath(bound.path, this.scope.base) };
  }

  /** The messages of the checks that fail now. A check that cannot be worked out fails. */
  faults(): string[] {
    const failing = this.items("checks", LIMITS.checks).filter(({ condition }) => this.scope.value(condition) !== true);
    return failing.map(({ message }) => words(message) || "Not valid");
  }

  #itemKeys(path: string): string[] {
    const list = this.scope.read(path);
    const keys = typeof list === "object" && list !== null ? Object.keys(list) : [];
    if (keys.length > LIMITS.templateItems) {
      this.scope.problem(`a template shows the first ${LIMITS.templateItems} of ${keys.length} items`);
    }
    return keys.slice(0, LIMITS.templateItems);
  }

  #item(path: string, key: string): Scope {
    return this.scope.at([...parsePath(path, this.scope.base), key]);
  }
}
