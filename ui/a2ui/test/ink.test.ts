import { expect, test } from "vitest";
import { inkOn, readableOn } from "../src/view/ink.ts";

test("ink is read on its ground", () => {
  expect(["#000000", "#0b626c", "#ffffff", "#ffd54a"].map(inkOn)).toEqual(["#ffffff", "#ffffff", "#000000", "#000000"]);
});

test("a colour stays as it is where it is read, and is moved as little as it takes where it is not", () => {
  expect(readableOn("#0b626c", "#ffffff")).toBe("#0b626c");
  expect(readableOn("#7a1fa2", "#182b33")).toBe("#b684cc");
  expect(readableOn("#ffd54a", "#dcecea")).toBe("#736021");
  expect(readableOn("#808080", "#767676")).toBe("#000000");
});
