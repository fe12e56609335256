import { describe, expect, it } from "vitest";
import { codeHtml } from "../src/code-html.ts";

describe("colours of code", () => {
  it("marks words, texts, numbers and notes", () => {
    expect(codeHtml('let a = "x"; // 1', "js")).toBe(
      '<span class="word">let</span> a = <span class="text">&quot;x&quot;</span>; <span class="note">// 1</span>',
    );
    expect(codeHtml("x = 12 # why", "python")).toBe(
      'x = <span class="number">12</span> <span class="note"># why</span>',
    );
  });

  it("tells a lifetime of Rust from a letter", () => {
    expect(codeHtml("fn a<'x>(b: &'x str) -> 'c'", "rust")).toContain("&lt;'x&gt;");
    expect(codeHtml("'c' '\\n'", "rust")).toBe('<span class="text">\'c\'</span> <span class="text">\'\\n\'</span>');
  });

  it("leaves addresses and unknown languages alone", () => {
    expect(codeHtml("curl http://127.0.0.1/v1", "")).toBe("curl http://127.0.0.1/v1");
    expect(codeHtml("see http://a//b", "json5")).not.toContain('note">//a');
  });

  it("escapes every piece", () => {
    const hostile = '<img src=x> "<b>" // <script> `</code>` 1<2';
    for (const language of ["js", "rust", "python", "sql", "html", ""]) {
      const rest = codeHtml(hostile, language).replace(/<span class="(?:word|text|number|note)">|<\/span>/g, "");
      expect(rest).not.toMatch(/[<>"]/);
    }
  });

  it("takes a long unclosed piece in its stride", () => {
    const began = performance.now();
    codeHtml(`/*${'"\\'.repeat(9_000)}`, "js");
    codeHtml("'".repeat(19_999), "js");
    codeHtml('"'.repeat(19_999) + "\\", "rust");
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
