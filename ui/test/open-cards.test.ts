import { expect, test } from "vitest";
import { isCardOpen, rememberCard } from "../src/state/open-cards.ts";

test("a card stays open until it is closed, and the first of very many is forgotten", () => {
  rememberCard("a", true);
  expect(isCardOpen("a")).toBe(true);
  rememberCard("a", false);
  expect(isCardOpen("a")).toBe(false);
  for (let number = 0; number <= 200; number++) rememberCard(`${number}`, true);
  expect(isCardOpen("0")).toBe(false);
  expect(isCardOpen("1")).toBe(true);
  expect(isCardOpen("200")).toBe(true);
});
