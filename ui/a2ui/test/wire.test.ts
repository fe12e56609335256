import { describe, expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";
import { Stage } from "../src/stage.ts";
import { drawn, staged, surface09 } from "./fixtures.ts";

const text = (id: string) => ({ id, component: { Text: { text: { literalString: id } } } });
const update = (...components: unknown[]) => ({ surfaceUpdate: { surfaceId: "demo", components } });

describe("what is refused", () => {
  const cases: [name: string, message: unknown, code: string, says: RegExp][] = [
    ["a number", 7, "INVALID_MESSAGE", /JSON object/],
    ["a list in a list", [[]], "INVALID_MESSAGE", /JSON object/],
    ["no action", { hello: {} }, "INVALID_MESSAGE", /exactly one of .*found none/],
    ["two actions", { ...update(text("a")), deleteSurface: { surfaceId: "x" } }, "INVALID_MESSAGE", /found surfaceUpdate, deleteSurface/],
    ["a body that is no object", { surfaceUpdate: [] }, "INVALID_MESSAGE", /`surfaceUpdate` is an object/],
    ["no surface", { surfaceUpdate: { components: [text("a")] } }, "INVALID_MESSAGE", /surfaceUpdate\.surfaceId/],
    ["a surface named like a prototype", { deleteSurface: { surfaceId: "__proto__" } }, "INVALID_MESSAGE", /surfaceId/],
    ["no components", update(), "INVALID_MESSAGE", /at least one/],
    ["a component without id", update({ component: { Text: {} } }), "INVALID_MESSAGE", /component\.id/],
    ["a component of two types", update({ id: "a", component: { Text: {}, Image: {} } }), "INVALID_MESSAGE", /exactly one key/],
    ["no root", { beginRendering: { surfaceId: "demo" } }, "INVALID_MESSAGE", /beginRendering\.root/],
    ["contents that are no list", { dataModelUpdate: { surfaceId: "demo", contents: 4 } }, "INVALID_MESSAGE", /list of entries/],
    ["an entry without key", { dataModelUpdate: { surfaceId: "demo", contents: [{ valueString: "x" }] } }, "INVALID_MESSAGE", /`key`/],
    ["an entry that reaches for a prototype", { dataModelUpdate: { surfaceId: "demo", contents: [{ key: "__proto__", valueMap: [] }] } }, "INVALID_MESSAGE", /`key`/],
    ["a path that reaches for a prototype", { dataModelUpdate: { surfaceId: "demo", path: "/a/constructor", contents: [] } }, "INVALID_PATH", /constructor/],
    ["a surface that was not created", { version: "v0.9", updateComponents: { surfaceId: "new", components: [{ id: "root", component: "Text" }] } }, "UNKNOWN_SURFACE", /createSurface first/],
    ["deleting nothing", { deleteSurface: { surfaceId: "nowhere" } }, "UNKNOWN_SURFACE", /no surface/],
    ["a version to come", { version: "v1.0", createSurface: { surfaceId: "x", catalogId: "c" } }, "WRONG_VERSION", /v0\.8 and v0\.9/],
    ["a version that is another's", { version: "v0.9", ...update(text("a")) }, "WRONG_VERSION", /surfaceUpdate/],
    ["0.9 without a catalogue", { version: "v0.9", createSurface: { surfaceId: "x" } }, "INVALID_MESSAGE", /catalogId/],
    ["0.9 with a component of 0.8", { version: "v0.9", updateComponents: { surfaceId: "demo", components: [text("a")] } }, "INVALID_MESSAGE", /name of its type/],
    ["too much text", update({ id: "a", component: { Text: { text: { literalString: "x".repeat(LIMITS.messageChars) } } } }), "TOO_LARGE", /524288 characters/],
    ["too many levels", { dataModelUpdate: { surfaceId: "demo", contents: [nested(80)] } }, "TOO_LARGE", /64 levels/],
  ];
  test.each(cases)("%s", (_name, message, code, says) => {
    const stage = new Stage();
    const before = stage.surfaces.value;
    const outcome = stage.apply([message]);
    expect(outcome.ok).toBe(false);
    expect(outcome.errors).toHaveLength(1);
    expect(outcome.errors?.[0]).toMatchObject({ index: 0, code });
    expect(outcome.error).toMatch(says);
    expect([...stage.surfaces.value]).toEqual([...before]);
  });
});

test("JSONL is read line by line, and a bad line does not stop the others", () => {
  const stage = new Stage();
  const lines = [JSON.stringify(update(text("root"))), "", "{oops", JSON.stringify({ beginRendering: { surfaceId: "demo", root: "root" } })];
  const outcome = stage.apply(lines.join("\r\n"));
  expect(outcome).toMatchObject({ ok: false, surfaces: ["demo"], error: "message 2: the line is no JSON" });
  expect(drawn(stage).root).toMatchObject({ type: "Text", text: "root" });
});

test("a batch comes as a list, as one message, or as `messages`", () => {
  const message = update(text("root"));
  for (const batch of [[message], message, { messages: [message] }, JSON.stringify(message)]) {
    expect(new Stage().apply(batch)).toEqual({ ok: true, surfaces: ["demo"] });
  }
});

test("a batch has its bounds", () => {
  const many = Array.from({ length: LIMITS.batchMessages + 1 }, () => update(text("root")));
  expect(new Stage().apply(many)).toMatchObject({ ok: false, surfaces: [], errors: [{ code: "TOO_LARGE" }] });
  expect(new Stage().apply("x".repeat(LIMITS.batchChars + 1))).toMatchObject({ errors: [{ code: "TOO_LARGE" }] });
});

test("objects that contain themselves are refused", () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  expect(new Stage().apply([{ surfaceUpdate: loop }]).ok).toBe(false);
});

test("what the sender changes afterwards is not seen", () => {
  const message = { version: "v0.9", updateDataModel: { surfaceId: "demo", path: "/a", value: { b: "first" } } };
  const stage = staged(...surface09([{ id: "root", component: "Text", text: { path: "/a/b" } }]));
  stage.apply(message);
  message.updateDataModel.value.b = "second";
  expect(drawn(stage).root).toMatchObject({ text: "first" });
});

describe("data of 0.8", () => {
  const shown = (path: string, ...messages: unknown[]) => {
    const root = { id: "root", component: { Text: { text: { path } } } };
    return drawn(staged(update(root), ...messages, { beginRendering: { surfaceId: "demo", root: "root" } })).root;
  };
  const data = (contents: unknown, path?: string) => ({ dataModelUpdate: { surfaceId: "demo", contents, ...(path ? { path } : {}) } });

  test("typed entries become plain values", () => {
    const contents = [{ key: "a", valueMap: [{ key: "b", valueNumber: 4.5 }, { key: "c", valueBoolean: true }] }];
    expect(shown("/a/b", data(contents))).toMatchObject({ text: "4.5" });
    expect(shown("/a/c", data(contents))).toMatchObject({ text: "true" });
  });
  test("a list comes as JSON in a text", () => {
    expect(shown("/list[1].name", data([{ key: "list", valueString: '[{"name":"x"},{"name":"y"}]' }]))).toMatchObject({ text: "y" });
  });
  test("without a path everything is replaced, with one that place alone", () => {
    const first = data([{ key: "a", valueString: "1" }, { key: "b", valueString: "2" }]);
    expect(shown("/a", first, data([{ key: "b", valueString: "3" }]))).toMatchObject({ text: "" });
    expect(shown("/a", first, data([{ key: ".", valueString: "3" }], "/b"))).toMatchObject({ text: "1" });
    expect(shown("/b", first, data([{ key: ".", valueString: "3" }], "/b"))).toMatchObject({ text: "3" });
  });
  test("a literal beside a path is its first content and nothing more", () => {
    const field = (value: string) => update({ id: "root", component: { TextField: { label: { literalString: "x" }, text: { path: "/a", literalString: value } } } });
    const stage = staged(field("first"), { beginRendering: { surfaceId: "demo", root: "root" } });
    expect(drawn(stage).root).toMatchObject({ value: "first" });
    stage.enter("demo", { path: ["a"] }, "mine");
    stage.apply(field("second"));
    expect(drawn(stage).root).toMatchObject({ value: "mine" });
  });
});

test("the first content of a bound value comes back when the whole data model is replaced, and yields to plain data", () => {
  const field = { id: "root", component: { TextField: { label: { literalString: "x" }, text: { path: "/form/a", literalString: "first" } } } };
  const data = (contents: unknown[]) => ({ dataModelUpdate: { surfaceId: "demo", contents } });
  const stage = staged(update(field), data([{ key: "form", valueMap: [{ key: "b", valueString: "x" }] }]));
  expect(stage.surfaces.value.get("demo")?.data).toEqual({ form: { b: "x", a: "first" } });
  expect(stage.apply(data([{ key: "form", valueString: "plain" }]))).toMatchObject({ ok: true });
  expect(stage.surfaces.value.get("demo")?.data).toEqual({ form: "plain" });
});

function nested(levels: number): unknown {
  let inner: unknown = { key: "x", valueString: "deep" };
  for (let level = 0; level < levels; level++) inner = { key: "x", valueMap: [inner] };
  return inner;
}
