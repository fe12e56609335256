import { type Fields, own } from "../json.ts";
import type { Operation } from "../model/operation.ts";
import type { Component } from "../model/surface.ts";
import { Refusal } from "../refusal.ts";
import { componentsOf, idOf, pathOf, weightOf } from "./fields.ts";
import { readTheme } from "./theme.ts";

/** In 0.9 the tree always begins with this component. */
const ROOT_ID = "root";

/** Reads the body of a 0.9 message, or of `deleteSurface`, which both versions share. */
export function read09(action: string, body: Fields): Operation {
  const surfaceId = idOf(body, "surfaceId", action);
  const version = "0.9";
  switch (action) {
    case "createSurface": {
      idOf(body, "catalogId", action);
      const theme = readTheme(body.theme);
      return { kind: "begin", version, surfaceId, root: ROOT_ID, theme, sendDataModel: body.sendDataModel === true };
    }
    case "updateComponents": {
      const components = componentsOf(body, action, surfaceId).map((one) => component(one, surfaceId));
      return { kind: "components", version, surfaceId, components };
    }
    case "updateDataModel":
      return { kind: "data", version, surfaceId, path: pathOf(body, action), value: own(body, "value") };
    default:
      return { kind: "delete", surfaceId };
  }
}

function component(raw: Fields, surfaceId: string): Component {
  const { id: _id, component: type, weight, ...props } = raw;
  const id = idOf(raw, "id", "component");
  if (typeof type !== "string" || type === "") {
    throw new Refusal("INVALID_MESSAGE", `\`component\` of \`${id}\` is the name of its type`, surfaceId);
  }
  return { id, type, weight: weightOf(weight), props };
}
