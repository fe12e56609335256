import { describe, expect, test } from "vitest";
import { Scope } from "../src/model/scope.ts";

const DATA = { name: "Ada", age: 36, list: ["x"], on: true, none: null, deep: { "a b": 1 }, when: "2026-01-16T14:05:09" };

function value(dynamic: unknown, locale = "en-US") {
  const problems = new Set<string>();
  const scope = new Scope({ data: DATA, locale, values: 1_000, problems }, []);
  return { value: scope.value(dynamic), problems: [...problems] };
}
const call = (name: string, args: object, locale?: string) => value({ call: name, args }, locale).value;
const format = (template: string, locale?: string) => call("formatString", { value: template }, locale);

test.each([
  ["required", { value: "x" }, true], ["required", { value: "" }, false], ["required", { value: { path: "/none" } }, false],
  ["required", { value: [] }, false], ["required", { value: 0 }, true], ["required", { value: { path: "/nowhere" } }, false],
  ["regex", { value: { path: "/name" }, pattern: "^A" }, true], ["regex", { value: "b", pattern: "^A" }, false],
  ["length", { value: "four", min: 4, max: 4 }, true], ["length", { value: "four", min: 5 }, false], ["length", { value: "😀😀", max: 2 }, true],
  ["numeric", { value: "36", min: 1 }, true], ["numeric", { value: "x", min: 1 }, false], ["numeric", { value: { path: "/age" }, max: 30 }, false], ["numeric", { value: "", min: 0 }, false],
  ["email", { value: "ada@example.org" }, true], ["email", { value: "ada@example" }, false], ["email", { value: "a b@example.org" }, false], ["email", { value: "a@b@c.org" }, false], ["email", { value: "a@.org" }, false],
  ["and", { values: [true, { path: "/on" }] }, true], ["and", { values: [true, { path: "/none" }] }, false],
  ["or", { values: [false, { path: "/on" }] }, true], ["or", { values: [false, false] }, false],
  ["not", { value: { path: "/on" } }, false], ["not", { value: { call: "not", args: { value: true } } }, true],
])("%s %j is %s", (name, args, expected) => {
  expect(call(name, args)).toBe(expected);
});

describe("numbers", () => {
  test.each([
    ["formatNumber", { value: 1234.5 }, "en-US", "1,234.5"],
    ["formatNumber", { value: 1234.5, decimals: 2 }, "de-DE", "1.234,50"],
    ["formatNumber", { value: "1234.5", grouping: false, decimals: 0 }, "en-US", "1235"],
    ["formatNumber", { value: "no number" }, "en-US", ""],
    ["formatNumber", { value: 1, decimals: 400 }, "en-US", "1.00000000000000000000"],
    ["formatCurrency", { value: 9.5, currency: "EUR" }, "en-US", "€9.50"],
    ["formatCurrency", { value: 9.5, currency: "gold coins" }, "en-US", "gold coins 9.5"],
    ["pluralize", { value: 1, one: "boat", other: "boats" }, "en-US", "boat"],
    ["pluralize", { value: 0, zero: "no boats", one: "boat", other: "boats" }, "en-US", "no boats"],
    ["pluralize", { value: 3, one: "statek", few: "statki", other: "statków" }, "pl-PL", "statki"],
    ["pluralize", { value: "x", other: "boats" }, "en-US", "boats"],
  ])("%s %j in %s is %s", (name, args, locale, expected) => {
    expect(call(name, args, locale)).toBe(expected);
  });
});

describe("dates", () => {
  test.each([
    ["2026-01-16T14:05:09", "MMM dd, yyyy", "Jan 16, 2026"],
    ["2026-01-16T14:05:09", "HH:mm:ss", "14:05:09"],
    ["2026-01-16T14:05:09", "h:mm a", "2:05 PM"],
    ["2026-01-16T00:05:09", "h a", "12 AM"],
    ["2026-01-16T14:05:09", "EEEE, d MMMM yy", "Friday, 16 January 26"],
    ["2026-01-16T14:05:09", "E M/d", "Fri 1/16"],
    ["2026-01-16", "yyyy-MM-dd", "2026-01-16"],
    ["14:05", "HH 'o''clock'", "14 o'clock"],
    ["no date", "yyyy", ""],
  ])("%s by %s is %s", (moment, pattern, expected) => {
    expect(call("formatDate", { value: moment, format: pattern })).toBe(expected);
  });
});

describe("formatString", () => {
  test.each([
    ["Hello ${/name}, ${/age}", "Hello Ada, 36"],
    ["no holes", "no holes"],
    ["\\${/name} is ${/name}", "${/name} is Ada"],
    ["${/none}${/nowhere}|${/list}|${/on}", '|["x"]|true'],
    ["${formatNumber(value: ${/age}, decimals: 1)} years", "36.0 years"],
    ["${pluralize(value: /age, one: 'year', other: \"years\")}", "years"],
    ["${formatDate(value: /when, format: 'HH:mm')}", "14:05"],
    ["${formatString(value: 'it is \\'${/name}\\'')}", "it is 'Ada'"],
    ["${not(value: true)} ${ 3.5 } ${'}'} ${true}", "false 3.5 } true"],
    ["$5 {x} $", "$5 {x} $"],
  ])("%s is %s", (template, expected) => {
    expect(format(template)).toBe(expected);
  });

  test.each(["${/name", "${f(a)}", "${f(a: 1}", "${'open}", "${a b}", `${"${".repeat(60)}`])("%s cannot be worked out, and says so", (template) => {
    const { value: shown, problems } = value({ call: "formatString", args: { value: template } });
    expect(shown).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  test("a template whose value is a template again is not read a second time", () => {
    const problems = new Set<string>();
    const scope = new Scope({ data: { evil: "${/secret}", secret: "s" }, locale: "en", values: 100, problems }, []);
    expect(scope.value({ call: "formatString", args: { value: "${/evil}" } })).toBe("${/secret}");
  });

  test("templates that call each other end", () => {
    const problems = new Set<string>();
    const bomb = "${formatString(value: /bomb)}";
    const scope = new Scope({ data: { bomb }, locale: "en", values: 1_000, problems }, []);
    expect(scope.value({ call: "formatString", args: { value: { path: "/bomb" } } })).toBeUndefined();
    expect([...problems]).toEqual(["functions lie too deep inside each other"]);
  });
});

test("`openUrl` does nothing while a surface is drawn", () => {
  expect(value({ call: "openUrl", args: { url: "https://example.org" } })).toEqual({ value: undefined, problems: ["there is no function `openUrl` that gives a value"] });
});
