import type { Part } from "./parts.ts";

/** The level of each text by its key: of the heading that it is, or of the headings inside it. */
export type Levels = ReadonlyMap<string, number>;

/** The page itself has the only heading of this level. */
const PAGE_LEVEL = 1;
const LOWEST_LEVEL = 6;

/**
 * Levels that never skip one, in the order in which they are read. An agent picks a heading for its size; who listens
 * to the page walks along its levels.
 */
export function headingLevels(root: Part): Levels {
  const levels = new Map<string, number>();
  walk(root, PAGE_LEVEL, levels);
  return levels;
}

/** Goes through a part, and gives the level that was reached. What is hidden at first begins where its place is. */
function walk(part: Part, reached: number, levels: Map<string, number>): number {
  switch (part.type) {
    case "Text": {
      const isHeading = /^h[1-5]$/.test(part.variant);
      const wanted = isHeading ? Number(part.variant.slice(1)) + PAGE_LEVEL : LOWEST_LEVEL;
      const level = Math.min(wanted, reached + 1);
      levels.set(part.key, level);
      return isHeading ? level : reached;
    }
    case "Row":
    case "Column":
    case "List":
      return part.children.reduce((level, child) => walk(child, level, levels), reached);
    case "Card":
    case "Button":
      return walk(part.child, reached, levels);
    case "Tabs":
      for (const { child } of part.tabs) walk(child, reached, levels);
      return reached;
    case "Modal":
      walk(part.content, PAGE_LEVEL, levels);
      return walk(part.trigger, reached, levels);
    default:
      return reached;
  }
}
