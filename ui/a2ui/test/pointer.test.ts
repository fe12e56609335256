import { describe, expect, test } from "vitest";
import { parsePath, read, write } from "../src/model/pointer.ts";

test("pointers are read as RFC 6901 says, and relative ones from their base", () => {
  expect(parsePath("/a~1b/m~0n/0")).toEqual(["a/b", "m~n", "0"]);
  expect(parsePath("name", ["people", "1"])).toEqual(["people", "1", "name"]);
  expect(parsePath("/name", ["people", "1"])).toEqual(["name"]);
  for (const itself of ["", "."]) expect(parsePath(itself, ["people", "1"])).toEqual(["people", "1"]);
  expect(parsePath("/")).toEqual([]);
});

test.each(["/__proto__", "/a/constructor/x", "prototype"])("%s is refused", (pointer) => {
  expect(() => parsePath(pointer)).toThrow("must not contain");
});

test("what is inherited is not there", () => {
  expect(read({ a: {} }, ["a", "toString"])).toBeUndefined();
  expect(read([1], ["length"])).toBeUndefined();
  expect(read("text", ["0"])).toBeUndefined();
});

describe("write", () => {
  test("changes one place and leaves the old model alone", () => {
    const old = { a: { b: [1, { c: 2 }] }, z: 0 };
    const next = write(old, ["a", "b", "1", "c"], 3);
    expect(next).toEqual({ a: { b: [1, { c: 3 }] }, z: 0 });
    expect(old).toEqual({ a: { b: [1, { c: 2 }] }, z: 0 });
  });
  test("makes what is missing on the way", () => {
    expect(write({}, ["a", "0", "b"], 1)).toEqual({ a: [{ b: 1 }] });
    expect(write(undefined, ["a"], 1)).toEqual({ a: 1 });
    expect(write({ l: [1] }, ["l", "3"], 4)).toEqual({ l: [1, null, null, 4] });
  });
  test("removes what becomes undefined", () => {
    expect(write({ a: 1, b: 2 }, ["a"], undefined)).toEqual({ b: 2 });
    expect(write({ l: [1, 2, 3] }, ["l", "1"], undefined)).toEqual({ l: [1, 3] });
  });
  test("does not go through plain values, past a list's bound, or by a word into a list", () => {
    expect(() => write({ a: "text" }, ["a", "b"], 1)).toThrow("plain value");
    expect(() => write({ l: [] }, ["l", "10001"], 1)).toThrow("longest list");
    expect(() => write({ l: [] }, ["l", "x"], 1)).toThrow("no index");
  });
});
