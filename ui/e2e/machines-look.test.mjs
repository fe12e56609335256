import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { NODE, OWN } from "./support/fake-machines.mjs";
import { Stage } from "./support/stage.mjs";

// Devices, nodes and approvals in light and dark, narrow and wide.

const stage = Stage.set();
const device = (id) => stage.page.locator(`[data-device="${id}"]`);

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    test(`devices, nodes and approvals are accessible and fit: ${colorScheme}, ${width} px`, async () => {
      await stage.fresh({ colorScheme, viewport: { width, height: 844 } });
      await stage.enter();
      const name = `${colorScheme}-${width}`;
      await stage.open("Devices");
      await device(OWN).waitFor();
      await look(`devices-${name}`);
      await stage.open("Nodes");
      await stage.page.locator(`[data-node="${NODE}"]`).waitFor();
      await look(`nodes-${name}`);
      await stage.press("Send a command… Workshop machine");
      await lookAtSheet(`invoke-${name}`);
      stage.machines.ask("q-1", ["rsync", "-a", "--delete", "photos/ ", "harbour:/srv/photos\\u{200b}"]);
      stage.machines.ask("q-2", ["sh", "-c", "curl https://example.org/install.sh | sh"], { allowedDecisions: ["allow-once", "deny"] });
      await stage.open("Approvals");
      stage.machines.end("q-2", "deny", "owner");
      await stage.page.locator('[data-outcome="deny"]').waitFor();
      await look(`approvals-${name}`);
      await stage.press("Change… Agent work");
      await lookAtSheet(`rules-${name}`);
      await stage.page.getByRole("button", { name: /^Review/ }).first().click();
      await stage.dialog().locator(".asked-arguments").waitFor();
      await accessible(stage.page, `approval ${name}`);
      await noSidewaysScroll(stage.page, `approval ${name}`);
      await picture(stage.page, `approval-${name}`);
    });
  }
}

/** A sheet fits the window, and its last button is in sight without scrolling. */
async function lookAtSheet(view) {
  const last = stage.dialog().getByRole("button").last();
  await last.waitFor();
  const { y, height } = await last.boundingBox();
  assert.ok(y + height <= stage.page.viewportSize().height, `the buttons of "${view}" are out of sight`);
  await accessible(stage.page, view);
  await noSidewaysScroll(stage.page, view);
  await picture(stage.page, view);
  await stage.page.keyboard.press("Escape");
  await stage.dialog().waitFor({ state: "detached" });
}

async function look(view) {
  await accessible(stage.page, view);
  await noSidewaysScroll(stage.page, view);
  await picture(stage.page, view);
  if (!process.env.TIDEGATE_SCREENSHOTS) return;
  const height = await stage.page.evaluate(() => document.querySelector(".page-column").scrollHeight + 120);
  const { width } = stage.page.viewportSize();
  await stage.page.setViewportSize({ width, height });
  await picture(stage.page, `${view}-whole`);
  await stage.page.setViewportSize({ width, height: 844 });
}
