import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PartOf, Target } from "../model/parts.ts";

/** What a part may do to the surface that it is on. */
export interface Surfacing {
  enter(target: Target, value: unknown): void;
  press(part: PartOf<"Button">, event: Event): void;
  open(url: string, event: Event): void;
  /** The level of a heading, see `headingLevels`. */
  levelOf(key: string): number;
}

const nowhere: Surfacing = { enter: () => {}, press: () => {}, open: () => {}, levelOf: () => 2 };

export const SurfacingContext = createContext<Surfacing>(nowhere);

/** The surface around a part. */
export const useSurfacing = () => useContext(SurfacingContext);
