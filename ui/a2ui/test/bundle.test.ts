import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL("../../dist-a2ui/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER), "utf8");

test("the build is one page, one script and one style sheet, under names that never change", () => {
  expect(readdirSync(FOLDER).sort()).toEqual(["a2ui.css", "a2ui.js", "index.html", "licences.txt"]);
});

test("the page holds no script and no style of its own, and names nothing but its neighbours", () => {
  const page = read("index.html");
  expect(page.match(/<script[^>]*>[^<]*<\/script>/g)).toEqual(['<script defer src="a2ui.js"></script>']);
  expect(page).not.toMatch(/<style|style=|\son\w+=|type="module"|crossorigin/);
  expect(page.match(/(?:src|href)="[^"]*"/g)).toEqual(['href="data:,"', 'href="a2ui.css"', 'src="a2ui.js"']);
});

test.each(["eval(", "Function(", "fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "import(", "importScripts", "localStorage", "sessionStorage", "indexedDB", "document.cookie", "document.write", "serviceWorker"])(
  "the script has no `%s`",
  (word) => expect(read("a2ui.js")).not.toContain(word),
);

test("the style sheet loads nothing", () => {
  expect(read("a2ui.css")).not.toMatch(/url\(|@import|@font-face/);
});
