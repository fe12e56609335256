import { describe, expect, test } from "vitest";
import { hiddenCount, pieces, previewOf } from "../src/state/visible.ts";

const shown = (told: string): string => pieces(told).map(({ kind, text }) => (kind === "plain" ? text : `<${kind}:${text}>`)).join("");

describe("a text of a command", () => {
  test("is one plain piece where nothing hides", () => {
    expect(pieces("rsync -a Grüße 👍")).toEqual([{ kind: "plain", text: "rsync -a Grüße 👍" }]);
    expect(pieces("")).toEqual([]);
  });

  test("shows what a gateway wrote out, by its name where people know one", () => {
    expect(pieces("a\\u{202e}b")).toEqual([
      { kind: "plain", text: "a" },
      { kind: "hidden", text: "\\u{202e}", name: "override: right to left" },
      { kind: "plain", text: "b" },
    ]);
    expect(shown("one\\rtwo\\u{e0041}")).toBe("one<hidden:\\r>two<hidden:\\u{e0041}>");
    expect(pieces("\\u{e0041}")[0]?.name).toBeUndefined();
  });

  test("a doubled backslash is a backslash, and what follows it stands as it is", () => {
    expect(shown("C:\\\\new")).toBe("C:\\\\new");
    expect(shown("\\\\u{202e}")).toBe("\\\\u{202e}");
    expect(shown("\\\\\\u{202e}")).toBe("\\\\<hidden:\\u{202e}>");
  });

  test("what a gateway did not write out is marked all the same, whatever stands before it", () => {
    for (const [raw, code] of [["\u202e", "202e"], ["\u200b", "200b"], ["\u00a0", "a0"], ["\u001b", "1b"], ["\u3164", "3164"], ["\u2800", "2800"], ["\u{e0041}", "e0041"], ["\n", "a"]] as const) {
      expect(shown(`a${raw}b`)).toBe(`a<hidden:\\u{${code}}>b`);
      expect(shown(`a\\${raw}b`)).toBe(`a\\<hidden:\\u{${code}}>b`);
    }
  });

  test("blanks are seen at the edges and where there are several", () => {
    expect(shown(" a b  c ")).toBe("<blank: >a b<blank:  >c<blank: >");
    expect(shown("   ")).toBe("<blank:   >");
  });

  test("where it is only announced it is cut, and says so", () => {
    expect(previewOf("x".repeat(200))).toBe("x".repeat(200));
    expect(previewOf("x".repeat(201))).toBe(`${"x".repeat(200)}…`);
  });

  test("hidden characters are counted, blanks are not", () => {
    expect([hiddenCount("ls  -l "), hiddenCount("a\\u{202e}b\u200bc\\n\\t\\r")]).toEqual([0, 3]);
  });

  test("the breaks of several lines are seen and no alarm; a break that the gateway did not write out is one", () => {
    expect(shown("one\\n\\ttwo")).toBe("one<break:\\n><tab:\\t>two");
    expect(shown("one\\\\ntwo")).toBe("one\\\\ntwo");
    expect(shown("one\ntwo")).toBe("one<hidden:\\u{a}>two");
  });
});
