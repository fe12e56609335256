import type { Component, Theme, Version } from "./surface.ts";

/** A message of either version, read and checked: what is to happen to the stage. */
export type Operation =
  | { kind: "begin"; version: Version; surfaceId: string; root: string; theme: Theme; sendDataModel: boolean }
  | { kind: "components"; version: Version; surfaceId: string; components: Component[] }
  | { kind: "data"; version: Version; surfaceId: string; path: string; value: unknown }
  | { kind: "delete"; surfaceId: string };
