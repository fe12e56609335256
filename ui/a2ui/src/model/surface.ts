import type { Fields } from "../json.ts";

/** The two generations of messages that this page reads. */
export type Version = "0.8" | "0.9";

/** One component as both versions describe it, in the words of 0.9. */
export interface Component {
  id: string;
  type: string;
  /** The share of the room in a row or column. */
  weight: number | undefined;
  props: Fields;
}

/** How a surface asks to look; what is not understood is left out. */
export interface Theme {
  /** `#rrggbb`. */
  primaryColor?: string;
  /** The name of a font that the machine may have. */
  font?: string;
  agentName?: string;
  /** An address that passed the rules for pictures. */
  agentIcon?: string;
}

/** Everything an agent said about one surface, and what its user put in. Never changed in place. */
export interface Surface {
  id: string;
  version: Version;
  /** The component to begin with; absent in 0.8 until the agent says that it may be shown. */
  root: string | undefined;
  theme: Theme;
  /** Whether every action takes the data model along (0.9). */
  sendDataModel: boolean;
  components: ReadonlyMap<string, Component>;
  data: unknown;
  /** What the user put into inputs that are bound to no place of the data model, by the key of the part. */
  inputs: ReadonlyMap<string, unknown>;
}

/** A surface of which nothing was said yet. */
export function emptySurface(id: string, version: Version): Surface {
  return {
    id,
    version,
    root: undefined,
    theme: {},
    sendDataModel: false,
    components: new Map(),
    data: {},
    inputs: new Map(),
  };
}
