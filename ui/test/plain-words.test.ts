import { describe, expect, test } from "vitest";
import { ago } from "../src/format.ts";
import { plainWords } from "../src/plain-words.ts";

describe("the words of a markdown text", () => {
  test("lose the marks and keep what they mark", () => {
    expect(plainWords("Hello there, what can you do? `code` **bold** _it_ ~~gone~~ ***both***")).toBe("Hello there, what can you do? code bold it gone both");
    expect(plainWords("## A heading\n\n> said\n- one\n* two")).toBe("A heading said one two");
    expect(plainWords("See [the tide table](https://example.org/x) and ![a gate](g.png)")).toBe("See the tide table and a gate");
    expect(plainWords("| Port | High |\n|---|:---:|\n| Bristol | 08:15 |")).toBe("Port | High Bristol | 08:15");
    expect(plainWords("```sh\nls\n```")).toBe("sh ls");
  });

  test("keep signs that are no marks", () => {
    for (const text of ["read my_file_name.txt", "2 * 3 * 4", "a*b*c", "ls | grep x", "C# or F#?", "issue #4", "5 > 3", "*"]) {
      expect(plainWords(text)).toBe(text);
    }
  });

  test("a text that was cut loses the one mark that is left", () => {
    expect(plainWords("Make it **bol")).toBe("Make it bol");
  });

  test("marks without number cost no time", () => {
    const begin = performance.now();
    plainWords("*a _b ~~c ".repeat(20_000));
    expect(performance.now() - begin).toBeLessThan(500);
  });
});

describe("how long ago", () => {
  const now = 1_769_248_800_000;
  const told = (seconds: number): string => ago(now - seconds * 1_000, now);

  test("is told in one unit", () => {
    expect([-30, 0, 4, 5, 24, 60, 190, 3_599, 3_600, 11_520, 172_799, 172_800].map(told)).toEqual([
      "just now", "just now", "just now", "5 s ago", "24 s ago", "1 min ago", "3 min ago", "59 min ago", "1 h ago", "3 h ago", "47 h ago", "2 d ago",
    ]);
  });

  test("may be never", () => {
    expect([ago(undefined, now), ago(0, now)]).toEqual(["never", "never"]);
  });
});
