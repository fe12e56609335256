import { describe, expect, test } from "vitest";
import { FUNCTIONS } from "../src/functions/table.ts";
import { OUTLINES } from "../src/view/outlines.ts";
import { CATALOGUE, drawn, find, type Fixture, FIXTURES, partsIn, staged, surface09 } from "./fixtures.ts";
import type { Part } from "../src/model/parts.ts";

const named = (version: "v08" | "v09") => FIXTURES.filter((fixture) => fixture[version]).map(({ component }) => component);

test("every component of both catalogues has a fixture in its version, and nothing else has", () => {
  expect(named("v08").sort()).toEqual([...CATALOGUE["v0.8"].components].sort());
  expect(named("v09").sort()).toEqual([...CATALOGUE["v0.9"].components].sort());
});

test("every component through which a person tells something has an action in its fixture, and nothing else has", () => {
  const acting = (version: "v08" | "v09") => FIXTURES.filter((fixture) => fixture[version] && fixture.acts).map(({ component }) => component);
  expect(acting("v08").sort()).toEqual([...CATALOGUE["v0.8"].acting].sort());
  expect(acting("v09").sort()).toEqual([...CATALOGUE["v0.9"].acting].sort());
  for (const version of ["v0.8", "v0.9"] as const) expect(CATALOGUE[version].components).toEqual(expect.arrayContaining(CATALOGUE[version].acting));
});

test("what is put in is in what arrives", () => {
  for (const { component, enters, acts } of FIXTURES) {
    if (enters) expect(Object.keys(acts?.context ?? {}), component).not.toEqual([]);
  }
});

describe.each(FIXTURES)("$component", (fixture) => {
  if (fixture.v08) test("0.8 shows what it should", () => expect(it08(fixture)).toMatchObject(fixture.shows));

  if (fixture.v09) test("0.9 shows what it should", () => {
    const drawing = drawn(staged(...(fixture.v09 ?? [])));
    expect(find(drawing.root, "it")).toMatchObject(fixture.shows09 ?? fixture.shows);
    expect(drawing.problems).toEqual([]);
  });

  if (fixture.v08 && fixture.v09 && !fixture.shows09) test("both versions come to the same", () => {
    expect(drawn(staged(...(fixture.v08 ?? []))).root).toEqual(drawn(staged(...(fixture.v09 ?? []))).root);
  });

  test("no part of it is unknown", () => {
    for (const messages of [fixture.v08, fixture.v09]) {
      if (!messages) continue;
      const types = allParts(drawn(staged(...messages)).root).map(({ type }) => type);
      expect(types).not.toContain("Unknown");
      expect(types).not.toContain("Cut");
    }
  });
});

test("every icon of both catalogues is drawn", () => {
  const names = new Set([...CATALOGUE["v0.8"].icons, ...CATALOGUE["v0.9"].icons]);
  for (const name of names) {
    expect(OUTLINES[name], name).toBeDefined();
    expect(`${OUTLINES[name]?.lines ?? ""}${OUTLINES[name]?.solid ?? ""}`, name).toMatch(/^[Mm][\d\s.,MmLlHhVvAaCcSsZz-]+$/);
  }
  expect(Object.keys(OUTLINES).sort()).toEqual([...names].sort());
});

test("every function of the catalogue is there", () => {
  expect([...Object.keys(FUNCTIONS), "formatString", "openUrl"].sort()).toEqual([...(CATALOGUE["v0.9"].functions ?? [])].sort());
});

test("a component of no catalogue is a visible placeholder, in both versions", () => {
  const old = staged({ surfaceUpdate: { surfaceId: "demo", components: [{ id: "root", component: { Hologram: { depth: 3 } } }] } }, { beginRendering: { surfaceId: "demo", root: "root" } });
  const now = staged(...surface09([{ id: "root", component: "Hologram", depth: 3 }]));
  for (const stage of [old, now]) expect(drawn(stage).root).toMatchObject({ type: "Unknown", name: "Hologram" });
});

test("names of JavaScript's own objects are components and functions of no catalogue", () => {
  const old = staged({ surfaceUpdate: { surfaceId: "demo", components: [{ id: "root", component: { toString: {} } }] } }, { beginRendering: { surfaceId: "demo", root: "root" } });
  expect(drawn(old).root).toMatchObject({ type: "Unknown", name: "toString" });
  const now = drawn(staged(...surface09([{ id: "root", component: "Text", text: { call: "valueOf", args: {} } }])));
  expect(now.root).toMatchObject({ type: "Text", text: "" });
  expect(now.problems).toEqual(["there is no function `valueOf` that gives a value"]);
});

test("an icon is known by its name in both spellings; a drawing is drawn if it is nothing but a drawing", () => {
  const icon = (name: unknown) => drawn(staged(...surface09([{ id: "root", component: "Icon", name }]))).root;
  expect(icon("arrow_back")).toMatchObject({ name: "arrowBack", svgPath: undefined });
  expect(icon({ svgPath: "M0 0h24v24Z" })).toMatchObject({ name: "", svgPath: "M0 0h24v24Z" });
  expect(icon({ svgPath: 'M0 0"/><script>' })).toMatchObject({ name: "", svgPath: undefined });
  expect(icon({ svgPath: "M0 0".padEnd(5_000, "h1") })).toMatchObject({ svgPath: undefined });
});

function it08({ v08 }: Fixture): Part | undefined {
  const drawing = drawn(staged(...(v08 ?? [])));
  expect(drawing.problems).toEqual([]);
  return find(drawing.root, "it");
}

function allParts(part: Part | undefined): Part[] {
  return part ? [part, ...partsIn(part).flatMap(allParts)] : [];
}
