import { expect, test } from "vitest";
import { press } from "../src/model/action.ts";
import type { PartOf } from "../src/model/parts.ts";
import type { Stage } from "../src/stage.ts";
import { drawn, find, staged, surface09 } from "./fixtures.ts";

const NOW = new Date("2026-11-20T22:00:00Z");
const label = { id: "t", component: "Text", text: "Go" };

function pressed(stage: Stage, id = "b", item?: number) {
  const { root } = drawn(stage);
  const part = item === undefined ? find(root, id) : root?.type === "List" ? root.children[item] : undefined;
  const surface = stage.surfaces.value.get("demo");
  if (!surface || part?.type !== "Button") throw new Error("no button");
  return press(surface, part as PartOf<"Button">, "id-1", NOW, "en");
}
const button = (action: unknown) => ({ id: "b", component: "Button", child: "t", action });
const stageOf = (action: unknown, data: unknown = {}, more: object = {}) => staged(...surface09([{ id: "root", component: "Column", children: ["b"] }, button(action), label], data, more));

test("an action of 0.8 is the family's user action, with its context worked out", () => {
  const stage = staged(
    { surfaceUpdate: { surfaceId: "demo", components: [{ id: "b", component: { Button: { child: "t", action: { name: "go", context: [{ key: "who", value: { path: "/who" } }, { key: "n", value: { literalNumber: 0 } }, { key: "missing", value: { path: "/x" } }] } } } }, { id: "t", component: { Text: { text: { literalString: "Go" } } } }] } },
    { dataModelUpdate: { surfaceId: "demo", contents: [{ key: "who", valueString: "Ada" }] } },
    { beginRendering: { surfaceId: "demo", root: "b" } },
  );
  stage.enter("demo", { path: ["who"] }, "Grace");
  expect(pressed(stage)).toEqual({
    send: { userAction: { id: "id-1", name: "go", surfaceId: "demo", sourceComponentId: "b", timestamp: "2026-11-20T22:00:00.000Z", context: { who: "Grace", n: 0, missing: null } } },
  });
});

test("an action of 0.9 says its version, and takes the data model along where it was asked for", () => {
  const event = { event: { name: "go", context: { list: { path: "/list" }, text: { call: "formatString", args: { value: "${/a}!" } }, plain: 7 } } };
  const data = { list: ["x"], a: "y" };
  expect(pressed(stageOf(event, data))).toMatchObject({ send: { version: "v0.9", userAction: { name: "go", context: { list: ["x"], text: "y!", plain: 7 } } } });
  expect(pressed(stageOf(event, data))).not.toHaveProperty("send.dataModel");
  expect(pressed(stageOf(event, data, { sendDataModel: true }))).toMatchObject({ send: { dataModel: { version: "v0.9", surfaces: { demo: data } } } });
});

test("a button in a template speaks of its own item", () => {
  const stage = staged(...surface09([{ id: "root", component: "List", children: { componentId: "b", path: "/gates" } }, button({ event: { name: "close", context: { gate: { path: "id" } } } }), label], { gates: [{ id: 1 }, { id: 2 }] }));
  expect(pressed(stage, "b", 1)).toMatchObject({ send: { userAction: { sourceComponentId: "b", context: { gate: 2 } } } });
});

test("the only function that a button calls is openUrl, and only https is opened", () => {
  const open = (url: unknown) => ({ functionCall: { call: "openUrl", args: { url } } });
  expect(pressed(stageOf(open("https://example.org/x")))).toEqual({ openUrl: "https://example.org/x" });
  for (const url of ["javascript:alert(1)", "http://example.org", "/relative", 7, null]) expect(() => pressed(stageOf(open(url)))).toThrow("only whole https");
  expect(() => pressed(stageOf({ functionCall: { call: "required", args: {} } }))).toThrow("no function that a button may call");
  expect(() => pressed(stageOf({}))).toThrow("no action");
  expect(() => pressed(stageOf({ event: { name: 7 } }))).toThrow("no action");
});

test("an action that would not fit into a frame is not sent", () => {
  const data = { big: "x".repeat(300_000) };
  expect(() => pressed(stageOf({ event: { name: "go", context: { big: { path: "/big" } } } }, data))).toThrow("at most 262144");
});
