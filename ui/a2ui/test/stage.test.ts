import { describe, expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";
import { drawn, staged, surface09 } from "./fixtures.ts";

const column = (id: string, ...children: string[]) => ({ id, component: "Column", children });
const components = (...list: object[]) => ({ version: "v0.9", updateComponents: { surfaceId: "demo", components: list } });

describe("components that would contain themselves", () => {
  test.each([
    ["at once", [column("root", "root")]],
    ["over two others", [column("root", "a"), column("a", "b"), column("b", "a")]],
    ["away from the root", [column("root"), column("x", "y"), column("y", "x")]],
    ["by a template", [{ id: "root", component: "List", children: { componentId: "root", path: "/items" } }]],
    ["by a card", [{ id: "root", component: "Card", child: "b" }, { id: "b", component: "Button", child: "root" }]],
    ["by tabs", [{ id: "root", component: "Tabs", tabs: [{ title: "x", child: "root" }] }]],
    ["by a modal", [{ id: "root", component: "Modal", trigger: "t", content: "root" }]],
  ])("%s are refused, and the surface stays as it was", (_name, list) => {
    const stage = staged(...surface09([column("root", "kept"), { id: "kept", component: "Text", text: "kept" }]));
    const before = drawn(stage);
    expect(stage.apply(components(...list))).toMatchObject({ ok: false, errors: [{ code: "CYCLE", surfaceId: "demo" }] });
    expect(drawn(stage)).toEqual(before);
  });

  test("the same component in two places is no cycle", () => {
    const stage = staged(...surface09([column("root", "a", "b"), column("a", "t"), column("b", "t"), { id: "t", component: "Text", text: "twice" }]));
    expect(JSON.stringify(drawn(stage).root).match(/"twice"/g)).toHaveLength(2);
  });

  test("a chain as long as a surface may be is walked", () => {
    const chain = Array.from({ length: LIMITS.components - 1 }, (_, at) => column(`c${at}`, `c${at + 1}`));
    const stage = staged(...surface09([column("root", "c0"), ...chain]));
    expect(JSON.stringify(drawn(stage).root)).toContain("deeper than 48 levels");
  });
});

describe("bounds", () => {
  test("components of a surface", () => {
    const stage = staged(...surface09([column("root")]));
    const many = Array.from({ length: LIMITS.components }, (_, at) => ({ id: `c${at}`, component: "Divider" }));
    expect(stage.apply(components(...many))).toMatchObject({ errors: [{ code: "TOO_LARGE" }] });
    expect(stage.apply(components(...many.slice(1)))).toMatchObject({ ok: true });
  });

  test("surfaces", () => {
    const create = (at: number) => ({ version: "v0.9", createSurface: { surfaceId: `s${at}`, catalogId: "c" } });
    const stage = staged(...Array.from({ length: LIMITS.surfaces }, (_, at) => create(at)));
    expect(stage.apply(create(99))).toMatchObject({ errors: [{ code: "TOO_LARGE" }] });
    expect(stage.apply([{ deleteSurface: { surfaceId: "s0" } }, create(99)])).toMatchObject({ ok: true });
  });

  test("the data model, whoever fills it", () => {
    const stage = staged(...surface09([column("root")]));
    const part = (at: number) => ({ version: "v0.9", updateDataModel: { surfaceId: "demo", path: `/p${at}`, value: "x".repeat(400_000) } });
    expect(stage.apply([part(1), part(2), part(3)])).toMatchObject({ errors: [{ index: 2, code: "TOO_LARGE" }] });
    stage.enter("demo", { path: ["p4"] }, "x".repeat(LIMITS.textChars + 1));
    expect(stage.surfaces.value.get("demo")?.data).not.toHaveProperty("p4");
  });

  test("templates inside templates stop at a bound, quickly", () => {
    const items = Array.from({ length: 100 }, (_, at) => at);
    const list = (id: string, inner: string) => ({ id, component: "List", children: { componentId: inner, path: "/items" } });
    const stage = staged(...surface09([list("root", "a"), list("a", "b"), list("b", "t"), { id: "t", component: "Text", text: "x" }], { items }));
    const root = JSON.stringify(drawn(stage).root);
    expect(root).toContain(`more than ${LIMITS.parts} parts`);
    expect(root.match(/"text":"x"/g)?.length).toBeLessThan(LIMITS.parts);
  });

  test("a template shows so many items and says that there are more", () => {
    const stage = staged(...surface09([{ id: "root", component: "List", children: { componentId: "t", path: "/items" } }, { id: "t", component: "Text", text: { path: "." } }], { items: Array.from({ length: 700 }, (_, at) => at) }));
    const { root, problems } = drawn(stage);
    expect(root).toMatchObject({ type: "List", children: { length: LIMITS.templateItems } });
    expect(problems).toEqual(["a template shows the first 500 of 700 items"]);
  });

  test("functions inside functions", () => {
    let condition: unknown = true;
    for (let depth = 0; depth < 28; depth++) condition = { call: "not", args: { value: condition } };
    const stage = staged(...surface09([{ id: "root", component: "CheckBox", label: "x", value: condition }]));
    expect(drawn(stage)).toMatchObject({ root: { value: false }, problems: ["functions lie too deep inside each other"] });
  });
});

describe("the life of a surface", () => {
  test("0.8 shows nothing before it may begin, and everything that came before then", () => {
    const stage = staged({ surfaceUpdate: { surfaceId: "demo", components: [{ id: "top", component: { Text: { text: { literalString: "hello" } } } }] } });
    expect(drawn(stage).root).toBeUndefined();
    stage.apply({ beginRendering: { surfaceId: "demo", root: "top" } });
    expect(drawn(stage).root).toMatchObject({ text: "hello" });
  });

  test("0.9 waits for its root, and for what it refers to", () => {
    const stage = staged({ version: "v0.9", createSurface: { surfaceId: "demo", catalogId: "c" } });
    expect(drawn(stage).root).toMatchObject({ type: "Waiting" });
    stage.apply(components(column("root", "late")));
    expect(drawn(stage).root).toMatchObject({ children: [{ type: "Waiting", id: "late" }] });
    stage.apply(components({ id: "late", component: "Text", text: "here" }));
    expect(drawn(stage).root).toMatchObject({ children: [{ type: "Text", text: "here" }] });
  });

  test("a surface is not created twice, and speaks one version", () => {
    const stage = staged(...surface09([column("root")]));
    expect(stage.apply({ version: "v0.9", createSurface: { surfaceId: "demo", catalogId: "c" } })).toMatchObject({ errors: [{ code: "SURFACE_EXISTS" }] });
    expect(stage.apply({ beginRendering: { surfaceId: "demo", root: "root" } })).toMatchObject({ errors: [{ code: "WRONG_VERSION" }] });
  });

  test("deleting takes it away, and the same id may come again in either version", () => {
    const stage = staged(...surface09([column("root")]));
    expect(stage.apply({ deleteSurface: { surfaceId: "demo" } })).toEqual({ ok: true, surfaces: [] });
    expect(stage.apply({ beginRendering: { surfaceId: "demo", root: "root" } })).toEqual({ ok: true, surfaces: ["demo"] });
  });

  test("reset takes everything away", () => {
    const stage = staged(...surface09([column("root")]));
    expect(stage.reset()).toEqual({ ok: true, surfaces: [] });
  });
});

describe("binding", () => {
  test("what a user enters is seen everywhere at once, and an agent's update replaces it", () => {
    const stage = staged(...surface09([column("root", "in", "out"), { id: "in", component: "TextField", label: "x", value: { path: "/name" } }, { id: "out", component: "Text", text: { path: "/name" } }], { name: "Ada" }));
    stage.enter("demo", { path: ["name"] }, "Grace");
    expect(drawn(stage).root).toMatchObject({ children: [{ value: "Grace" }, { text: "Grace" }] });
    stage.apply({ version: "v0.9", updateDataModel: { surfaceId: "demo", path: "/name", value: "Hedy" } });
    expect(drawn(stage).root).toMatchObject({ children: [{ value: "Hedy" }, { text: "Hedy" }] });
  });

  test("an input inside a template writes into its own item", () => {
    const stage = staged(...surface09([{ id: "root", component: "List", children: { componentId: "in", path: "/people" } }, { id: "in", component: "TextField", label: "x", value: { path: "name" } }], { people: [{ name: "a" }, { name: "b" }] }));
    const { root } = drawn(stage);
    expect(root).toMatchObject({ children: [{ target: { path: ["people", "0", "name"] } }, { target: { path: ["people", "1", "name"] } }] });
    stage.enter("demo", { path: ["people", "1", "name"] }, "c");
    expect(drawn(stage).root).toMatchObject({ children: [{ value: "a" }, { value: "c" }] });
  });

  test("an input that is bound to nothing keeps what was entered, each item its own", () => {
    const stage = staged(...surface09([{ id: "root", component: "List", children: { componentId: "in", path: "/people" } }, { id: "in", component: "CheckBox", label: "x", value: false }], { people: [1, 2] }));
    const { root } = drawn(stage);
    const second = root?.type === "List" ? root.children[1] : undefined;
    if (second?.type !== "CheckBox") throw new Error("no check box");
    stage.enter("demo", second.target, true);
    expect(drawn(stage).root).toMatchObject({ children: [{ value: false }, { value: true }] });
  });

  test("a template inside a template is relative to its item", () => {
    const stage = staged(...surface09([{ id: "root", component: "List", children: { componentId: "port", path: "/ports" } }, { id: "port", component: "List", children: { componentId: "gate", path: "gates" } }, { id: "gate", component: "Text", text: { call: "formatString", args: { value: "${name} of ${/town}" } } }], { town: "Saint-Malo", ports: [{ gates: [{ name: "A" }, { name: "B" }] }, { gates: [] }] }));
    expect(drawn(stage).root).toMatchObject({ children: [{ children: [{ text: "A of Saint-Malo" }, { text: "B of Saint-Malo" }] }, { children: [] }] });
  });

  test("an item that is no object is its own text", () => {
    const stage = staged(...surface09([{ id: "root", component: "Row", children: { componentId: "t", path: "/list" } }, { id: "t", component: "Text", text: { path: "" } }], { list: ["x", 2, true, null, { a: 1 }] }));
    expect(drawn(stage).root).toMatchObject({ children: [{ text: "x" }, { text: "2" }, { text: "true" }, { text: "" }, { text: '{"a":1}' }] });
  });
});

test("checks that fail are told, and a check that cannot be worked out fails", () => {
  const check = (condition: unknown, message: string) => ({ condition, message });
  const checks = [check({ call: "required", args: { value: { path: "/name" } } }, "needed"), check({ call: "noSuch" }, "odd"), check(true, "fine"), check({ call: "regex", args: { value: "x", pattern: "(x)\\1" } }, "pattern")];
  const stage = staged(...surface09([{ id: "root", component: "TextField", label: "Name", value: { path: "/name" }, checks }]));
  expect(drawn(stage).root).toMatchObject({ faults: ["needed", "odd", "pattern"] });
  expect(drawn(stage).problems).toHaveLength(2);
});
