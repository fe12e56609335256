import { isFields, weight } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { refuseCycle } from "./graph.ts";
import type { Operation } from "./operation.ts";
import { parsePath, type Path, read, write } from "./pointer.ts";
import { type Component, emptySurface, type Surface, type Version } from "./surface.ts";

/** All surfaces by id, in the order in which they came. */
export type Surfaces = ReadonlyMap<string, Surface>;

/** The stage after one operation. @throws Refusal, and then nothing has changed. */
export function apply(surfaces: Surfaces, operation: Operation): Surfaces {
  const { surfaceId } = operation;
  if (operation.kind === "delete") return without(surfaces, surfaceId);
  const surface = surfaceFor(surfaces, operation);
  switch (operation.kind) {
    case "begin": {
      const { root, theme, sendDataModel } = operation;
      return withSurface(surfaces, { ...surface, root, theme, sendDataModel });
    }
    case "components":
      return withSurface(surfaces, addComponents(surface, operation.components));
    case "data": {
      const data = write(surface.data, parsePath(operation.path), operation.value) ?? {};
      return withSurface(surfaces, withData(surface, initialised(data, surface.components.values())));
    }
  }
}

/** The surface with another data model. @throws Refusal if it would be too large. */
export function withData(surface: Surface, data: unknown): Surface {
  if (weight(data, LIMITS.dataChars) > LIMITS.dataChars) {
    throw new Refusal("TOO_LARGE", `the data model would exceed ${LIMITS.dataChars} characters`, surface.id);
  }
  return { ...surface, data };
}

/** In 0.8 the first message about a surface makes it; in 0.9 only `createSurface` does, and only once. */
function surfaceFor(surfaces: Surfaces, operation: Exclude<Operation, { kind: "delete" }>): Surface {
  const { kind, surfaceId, version } = operation;
  const found = surfaces.get(surfaceId);
  if (!found) {
    if (version === "0.9" && kind !== "begin") {
      throw new Refusal("UNKNOWN_SURFACE", `surface \`${surfaceId}\` was not created; send createSurface first`, surfaceId);
    }
    if (surfaces.size >= LIMITS.surfaces) throw new Refusal("TOO_LARGE", `there are ${LIMITS.surfaces} surfaces already`, surfaceId);
    return emptySurface(surfaceId, version);
  }
  refuseOtherVersion(found, version);
  if (version === "0.9" && kind === "begin") {
    throw new Refusal("SURFACE_EXISTS", `surface \`${surfaceId}\` exists; send deleteSurface before createSurface`, surfaceId);
  }
  return found;
}

function refuseOtherVersion(surface: Surface, version: Version): void {
  if (surface.version === version) return;
  throw new Refusal("WRONG_VERSION", `surface \`${surface.id}\` speaks ${surface.version}, this message ${version}`, surface.id);
}

function addComponents(surface: Surface, added: readonly Component[]): Surface {
  const components = new Map(surface.components);
  for (const component of added) components.set(component.id, component);
  if (components.size > LIMITS.components) {
    throw new Refusal("TOO_LARGE", `a surface holds at most ${LIMITS.components} components`, surface.id);
  }
  refuseCycle(components, surface.id);
  return withData({ ...surface, components }, initialised(surface.data, added));
}

/** In 0.8 a bound value may bring its first content: it fills an empty place, and never overwrites what is there. */
function initialised(data: unknown, components: Iterable<Component>): unknown {
  let filled = data;
  for (const { props } of components) {
    for (const value of Object.values(props)) {
      if (!isFields(value) || typeof value.path !== "string" || value.initial === undefined) continue;
      if (!value.path.startsWith("/")) continue;
      const path = parsePath(value.path);
      if (read(filled, path) === undefined) filled = filledAt(filled, path, value.initial);
    }
  }
  return filled;
}

/** A place that would lie inside a plain value is left alone: the agent's data goes before its components. */
function filledAt(data: unknown, path: Path, value: unknown): unknown {
  try {
    return write(data, path, value);
  } catch (error) {
    if (error instanceof Refusal) return data;
    throw error;
  }
}

function withSurface(surfaces: Surfaces, surface: Surface): Surfaces {
  return new Map(surfaces).set(surface.id, surface);
}

function without(surfaces: Surfaces, surfaceId: string): Surfaces {
  if (!surfaces.has(surfaceId)) {
    throw new Refusal("UNKNOWN_SURFACE", `there is no surface \`${surfaceId}\` to delete`, surfaceId);
  }
  const left = new Map(surfaces);
  left.delete(surfaceId);
  return left;
}
