import { isFields, words } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Part, Shape } from "./parts.ts";
import { type Draw, Place } from "./place.ts";
import { ROOT } from "./pointer.ts";
import { Scope, type Working } from "./scope.ts";
import { shapeOf } from "./shapes.ts";
import type { Component, Surface } from "./surface.ts";

/** A surface with every value worked out, and what could not be. */
export interface Drawing {
  /** Absent while the agent has not said where to begin. */
  root: Part | undefined;
  problems: readonly string[];
}

/** Works out a whole surface. Pure, and bounded whatever the agent sent: past a bound a part says that it was cut. */
export function draw(surface: Surface, locale: string | undefined): Drawing {
  const working: Working = { data: surface.data, locale, values: LIMITS.values, problems: new Set() };
  if (surface.root === undefined) return { root: undefined, problems: [] };
  const root = new Pencil(surface).part(surface.root, new Scope(working, ROOT), "", 0);
  return { root, problems: [...working.problems] };
}

class Pencil {
  readonly #surface: Surface;
  #left: number = LIMITS.parts;

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  part(id: unknown, scope: Scope, key: string, depth: number): Part {
    const component = typeof id === "string" ? this.#surface.components.get(id) : undefined;
    const base = { key, id: typeof id === "string" ? id : "", weight: component?.weight, called: undefined, hint: undefined };
    this.#left -= 1;
    if (depth > LIMITS.treeDepth) return { ...base, type: "Cut", why: `deeper than ${LIMITS.treeDepth} levels` };
    if (this.#left < 0) return { ...base, type: "Cut", why: `more than ${LIMITS.parts} parts` };
    if (!component) return { ...base, type: "Waiting" };
    return { ...base, ...spoken(component, scope), ...this.#shape(component, scope, key, depth) };
  }

  #shape(component: Component, scope: Scope, key: string, depth: number): Shape {
    const draw: Draw = (id, from, step) => this.part(id, from, `${key}/${step}`, depth + 1);
    try {
      return shapeOf(component.type, new Place(component.props, scope, key, draw, this.#surface.inputs));
    } catch (error) {
      scope.problem(error instanceof Error ? error.message : "a component could not be drawn");
      return { type: "Cut", why: "it could not be drawn" };
    }
  }
}

function spoken({ props }: Component, scope: Scope): { called: string | undefined; hint: string | undefined } {
  const { accessibility } = props;
  if (!isFields(accessibility)) return { called: undefined, hint: undefined };
  return { called: words(scope.value(accessibility.label)) || undefined, hint: words(scope.value(accessibility.description)) || undefined };
}
