import { isFields } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Component } from "./surface.ts";

/** The ids that a component draws inside itself. */
export function references({ props }: Component): string[] {
  const { child, children, trigger, content, tabs } = props;
  const found = [child, trigger, content];
  if (Array.isArray(children)) found.push(...children);
  else if (isFields(children)) found.push(children.componentId);
  if (Array.isArray(tabs)) found.push(...tabs.map((tab: unknown) => (isFields(tab) ? tab.child : undefined)));
  return found.filter((id) => typeof id === "string");
}

/** Refuses components of which one lies inside itself, over however many others. */
export function refuseCycle(components: ReadonlyMap<string, Component>, surfaceId: string): void {
  const done = new Set<string>();
  for (const start of components.keys()) if (!done.has(start)) walk(start, components, done, surfaceId);
}

/** Depth first without recursion: the chain may be as long as there are components. */
function walk(start: string, components: ReadonlyMap<string, Component>, done: Set<string>, surfaceId: string): void {
  const way = new Set([start]);
  const open = [{ id: start, left: inner(start, components) }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const next = top.left.pop();
    if (next === undefined) {
      way.delete(top.id);
      done.add(top.id);
      open.pop();
    } else if (way.has(next)) {
      throw new Refusal("CYCLE", `component \`${next}\` would contain itself`, surfaceId);
    } else if (!done.has(next)) {
      way.add(next);
      open.push({ id: next, left: inner(next, components) });
    }
  }
}

function inner(id: string, components: ReadonlyMap<string, Component>): string[] {
  const component = components.get(id);
  return component ? references(component) : [];
}
