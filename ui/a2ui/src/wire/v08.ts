import { type Fields, isFields } from "../json.ts";
import type { Operation } from "../model/operation.ts";
import type { Component } from "../model/surface.ts";
import { Refusal } from "../refusal.ts";
import { componentsOf, idOf, pathOf, weightOf } from "./fields.ts";
import { readTheme } from "./theme.ts";
import { translate } from "./v08-components.ts";
import { pointer } from "./v08-values.ts";
import { contentsOf } from "./v08-contents.ts";

/** Reads the body of a 0.8 message into the operation that 0.9 would have asked for. */
export function read08(action: string, body: Fields): Operation {
  const surfaceId = idOf(body, "surfaceId", action);
  const version = "0.8";
  switch (action) {
    case "beginRendering": {
      const root = idOf(body, "root", action);
      return { kind: "begin", version, surfaceId, root, theme: readTheme(body.styles), sendDataModel: false };
    }
    case "surfaceUpdate": {
      const components = componentsOf(body, action, surfaceId).map((one) => component(one, surfaceId));
      return { kind: "components", version, surfaceId, components };
    }
    default: {
      const path = pointer(pathOf(body, action));
      return { kind: "data", version, surfaceId, path, value: contentsOf(body.contents) };
    }
  }
}

function component(raw: Fields, surfaceId: string): Component {
  const id = idOf(raw, "id", "component");
  const kinds = isFields(raw.component) ? Object.entries(raw.component) : [];
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1 || !isFields(kind[1])) {
    throw new Refusal("INVALID_MESSAGE", `\`component\` of \`${id}\` has exactly one key, its type, with an object`, surfaceId);
  }
  const [type, props] = translate(kind[0], kind[1]);
  return { id, type, weight: weightOf(raw.weight), props };
}
