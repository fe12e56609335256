import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** No accessibility violation of any weight. `options` are axe's own. */
export async function accessible(page, view, options = {}) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((given) => globalThis.axe.run(document, given), options);
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
  assert.deepEqual(told, [], `axe violations in view "${view}"`);
}

export async function noSidewaysScroll(page, view) {
  const { content, shown } = await page.evaluate(() => ({
    content: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
    shown: document.documentElement.clientWidth,
  }));
  assert.ok(content <= shown, `view "${view}" is ${content} px wide in a window of ${shown} px`);
}

/** Writes a picture where TIDEGATE_SCREENSHOTS says, and nowhere otherwise. */
export async function picture(page, name) {
  const directory = process.env.TIDEGATE_SCREENSHOTS;
  if (!directory) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), animations: "disabled" });
}
