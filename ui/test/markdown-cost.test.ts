import { describe, expect, it } from "vitest";
import { isCostly } from "../src/markdown-cost.ts";

describe("isCostly", () => {
  it("lets ordinary texts through", () => {
    const table = `| a | b |\n| - | - |\n${"| 1 | 2 |\n".repeat(500)}`;
    const nested = "> quoted\n> > twice\n\n- a\n    - b\n        - c\n";
    expect(isCostly(table)).toBe(false);
    expect(isCostly(nested)).toBe(false);
    expect(isCostly("x".repeat(100_000))).toBe(false);
  });

  it("stops texts that grow inside a parser", () => {
    expect(isCostly(">".repeat(4_000))).toBe(true);
    expect(isCostly("- ".repeat(400))).toBe(true);
    expect(isCostly(`${" ".repeat(400)}- deep`)).toBe(true);
    expect(isCostly(`${"|".repeat(1_000)}\n${"|-".repeat(1_000)}\n${"|\n".repeat(100)}`)).toBe(true);
  });
});
