import { readdirSync, readFileSync } from "node:fs";
import type { Part } from "../src/model/parts.ts";
import { draw, type Drawing } from "../src/model/draw.ts";
import { Stage } from "../src/stage.ts";

/** One component of the catalogue, as both versions say it. */
export interface Fixture {
  component: string;
  v08?: unknown[];
  v09?: unknown[];
  /** What the component `it` shows; in 0.9 too, unless that shows more. */
  shows: object;
  shows09?: object;
  /** What a person puts in, before that is sent. */
  enters?: object;
  /** What a person presses, and what arrives then. */
  acts?: { press: string; name: string; source: string; context: object };
}

const FOLDER = new URL("../fixtures/", import.meta.url);

export const FIXTURES: Fixture[] = readdirSync(FOLDER).sort().map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));

export const CATALOGUE = JSON.parse(readFileSync(new URL("../catalogue.json", import.meta.url), "utf8")) as Record<
  "v0.8" | "v0.9",
  { messages: string[]; components: string[]; acting: string[]; functions?: string[]; icons: string[] }
>;

/** The stage after messages that must all be fine. */
export function staged(...messages: unknown[]): Stage {
  const stage = new Stage();
  const outcome = stage.apply(messages);
  if (!outcome.ok) throw new Error(outcome.error);
  return stage;
}

export function drawn(stage: Stage, surfaceId = "demo"): Drawing {
  const surface = stage.surfaces.value.get(surfaceId);
  if (!surface) throw new Error(`no surface ${surfaceId}`);
  return draw(surface, "en-GB");
}

/** The first part with this id, wherever it is. */
export function find(part: Part | undefined, id: string): Part | undefined {
  if (part === undefined || part.id === id) return part;
  for (const inner of partsIn(part)) {
    const found = find(inner, id);
    if (found) return found;
  }
  return undefined;
}

export function partsIn(part: Part): Part[] {
  switch (part.type) {
    case "Row":
    case "Column":
    case "List":
      return part.children;
    case "Card":
    case "Button":
      return [part.child];
    case "Modal":
      return [part.trigger, part.content];
    case "Tabs":
      return part.tabs.map(({ child }) => child);
    default:
      return [];
  }
}

/** A 0.9 surface `demo` with these components and this data. */
export function surface09(components: object[], data: unknown = {}, more: object = {}): unknown[] {
  return [
    { version: "v0.9", createSurface: { surfaceId: "demo", catalogId: "basic", ...more } },
    { version: "v0.9", updateDataModel: { surfaceId: "demo", value: data } },
    { version: "v0.9", updateComponents: { surfaceId: "demo", components } },
  ];
}
