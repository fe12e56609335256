import { describe, expect, test } from "vitest";
import { compile } from "../src/regexp/compile.ts";
import { patternFits } from "../src/regexp/fits.ts";
import { run, TooCostly } from "../src/regexp/program.ts";

const PATTERNS = [
  "", "a", "^a$", "^\\d{10}$", "^[A-Z][a-z]+$", "a|bc|", "^(a|b)*c$", "^(?:ab)+$", "(?<year>\\d{4})-\\d\\d", "^a{2,3}$", "^a{2,}$", "a??b",
  "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$", "^(?=.*[A-Z])(?=.*\\d).{8,}$", "^(?!admin)\\w+$", "\\bgate\\b", "\\Bate", "^([\\w-]+\\.)+[a-z]{2,}$",
  "[a-z\\d.-]+", "^[\\]\\-]$", "^\\x41\\u0042\\u{43}?", "^\\p{L}+$", "^.$", "^\\$\\d+(\\.\\d{2})?$", "[.*+?]", "^\\s*$", "^(\\+\\d{1,3}[ -]?)?\\d+$", "x{a}", "^$",
];
const TEXTS = [
  "", "a", "aa", "aaa", "aaaa", "ab", "abab", "bc", "c", "abbac", "1234567890", "123", "Ada", "ada", "2026-11-20", "ada@example.org", "a@b",
  "Passw0rd", "PASSW0RD!", "short1A", "admin", "administrator", "gate", "the gate is", "agate", "www.example.org", "]", "-", "ABC", "AB", "Ünïcode",
  "x\ny", "$12.50", "$12.5", "*", "   ", "+49 301234", "x{a}", "\n",
];

describe.each(PATTERNS)("%s", (pattern) => {
  test("finds what the browser's own engine finds", () => {
    const own = new RegExp(pattern, pattern.includes("\\p{") || pattern.includes("\\u{") ? "u" : "");
    for (const text of TEXTS) expect({ text, fits: patternFits(pattern, text) }).toEqual({ text, fits: own.test(text) });
  });
});

test.each(["(a+)+$", "(a|a)*$", "(.*a){12}$", "^(\\w+\\s?)*$", "(a?){30}a{30}$"])("%s takes few steps on a text made for it", (pattern) => {
  const budget = { steps: 100_000 };
  run(compile(pattern), Array.from(`${"a".repeat(200)}!`), 0, false, budget);
  expect(budget.steps).toBeGreaterThan(0);
});

test("a pattern that looks ahead again and again is given up", () => {
  const nested = "(?=(.*(?=(.*(?=.*x)))))";
  expect(() => patternFits(`^${nested.repeat(20)}`, "a".repeat(2_000))).toThrow(TooCostly);
  expect(() => patternFits("a", "a".repeat(2_001))).toThrow(TooCostly);
});

test.each(["(", ")", "[a", "a**", "*", "(?<=a)b", "(a)\\1", "\\k<x>", "[z-a]", "a{3,2}", "(?i)a", "\\", "(((a{99}){99}){99})", "(?=((a{90}){40})){1000}", "a{2000}", `${"(".repeat(60)}${")".repeat(60)}`, "x".repeat(1_001)])(
  "%s is refused",
  (pattern) => expect(() => patternFits(pattern, "a")).toThrow(SyntaxError),
);
