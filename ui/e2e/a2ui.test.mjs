import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { serveCanvas } from "./support/a2ui-server.mjs";
import { launch, profile, until } from "./support/browser.mjs";
import { accessible as accessibleWith, noSidewaysScroll, picture } from "./support/checks.mjs";

// The built canvas in a browser: every component of both catalogues, driven as a node host drives it.

const FOLDER = new URL("../a2ui/fixtures/", import.meta.url);
const FIXTURES = readdirSync(FOLDER).sort().map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));
const PHONE = { width: 390, height: 760 };

let browser;
let site;
let context;
let faults;
let page;
let said;

before(async () => {
  browser = await launch();
  site = await serveCanvas();
});
after(async () => {
  await browser.close();
  site.close();
});
beforeEach(() => fresh({ viewport: PHONE }));
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
});

async function fresh(options) {
  await context?.close();
  ({ context, faults } = await profile(browser, options));
  // Films and pictures of others are not there in a test.
  await context.route(/^https:/, (route) => route.abort());
  page = await context.newPage();
}

/** The canvas as a node host shows it: a window of its own, with a binding that hears what is said. */
async function openAlone() {
  said = [];
  await page.exposeFunction("tidegateCanvasA2UIAction", (text) => said.push(JSON.parse(text)));
  await page.goto(`${site.canvas}/`);
  await until(page, () => typeof globalThis.clawdbotA2UI?.applyMessages === "function");
}

/** axe would fetch the style sheet for itself, which the page may not. */
const accessible = (shown, view) => accessibleWith(shown, view, { preload: false });

const apply = (messages) => page.evaluate((batch) => globalThis.clawdbotA2UI.applyMessages(batch), messages);

async function heard(find) {
  const deadline = Date.now() + 10_000;
  for (let found = said.find(find); ; found = said.find(find)) {
    if (found) return found;
    assert.ok(Date.now() < deadline, `not heard; said: ${JSON.stringify(said)}`);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

/** Puts in what the fixture says, as a person does it. */
async function enter({ fill, text, check, slide, keys = [], date }) {
  if (fill) await page.getByLabel(fill, { exact: true }).fill(text);
  if (check) await page.getByLabel(check, { exact: true }).check();
  if (slide) await page.getByLabel(slide, { exact: true }).focus();
  for (const key of keys) await page.keyboard.press(key);
  if (date) await page.locator('[data-id="it"] input').fill(date);
}

/** A component that paints nothing would look the same when it is hidden. */
async function paints(id) {
  const place = page.locator(`[data-id="${id}"]`).first();
  const { x, y, width, height } = await place.boundingBox();
  assert.ok(width > 0 && height > 0, `\`${id}\` has no size`);
  const clip = { x, y, width: Math.max(1, width), height: Math.min(Math.max(1, height), PHONE.height - y) };
  const shown = await page.screenshot({ clip, animations: "disabled" });
  await place.evaluate((element) => element.style.setProperty("visibility", "hidden"));
  const hidden = await page.screenshot({ clip, animations: "disabled" });
  await place.evaluate((element) => element.style.removeProperty("visibility"));
  assert.ok(!shown.equals(hidden), `\`${id}\` paints nothing`);
}

test("every component of both catalogues is among these tests, with its action where it has one", () => {
  const catalogue = JSON.parse(readFileSync(new URL("../a2ui/catalogue.json", import.meta.url), "utf8"));
  for (const [version, name] of [["v08", "v0.8"], ["v09", "v0.9"]]) {
    const tested = FIXTURES.filter((fixture) => fixture[version]);
    const names = (fixtures) => fixtures.map(({ component }) => component).sort();
    assert.deepEqual(names(tested), [...catalogue[name].components].sort());
    assert.deepEqual(names(tested.filter(({ acts }) => acts)), [...catalogue[name].acting].sort());
  }
});

for (const fixture of FIXTURES) {
  for (const version of ["v08", "v09"]) {
    if (!fixture[version]) continue;
    test(`${fixture.component} in ${version}`, async () => {
      await openAlone();
      assert.deepEqual(await apply(fixture[version]), { ok: true, surfaces: ["demo"] });
      await paints("it");
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await accessible(page, `${fixture.component} ${version} ${colorScheme}`);
        await picture(page, `a2ui-${fixture.component}-${version}-${colorScheme}`);
      }
      await noSidewaysScroll(page, fixture.component);
      if (fixture.enters) await enter(fixture.enters);
      if (fixture.acts) await acts(fixture.acts);
    });
  }
}

async function acts({ press, name, source, context: expected }) {
  await page.getByRole("button", { name: press, exact: true }).click();
  const { userAction } = await heard((word) => word.userAction);
  assert.match(userAction.id, /^[0-9a-f]{32}$/);
  assert.ok(Math.abs(Date.now() - Date.parse(userAction.timestamp)) < 60_000);
  const { id: _id, timestamp: _timestamp, ...rest } = userAction;
  assert.deepEqual(rest, { name, surfaceId: "demo", sourceComponentId: source, context: expected });
}

test("the tabs, the dialog and the options are reached by keys", async () => {
  await openAlone();
  const of = (component) => FIXTURES.find((fixture) => fixture.component === component).v09;
  await apply(of("Tabs"));
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tab", { name: "Tomorrow", selected: true }).waitFor();
  await page.getByText("High water 08:31").waitFor();
  await page.keyboard.press("Home");
  await page.getByRole("tab", { name: "Today", selected: true }).waitFor();

  await apply([{ deleteSurface: { surfaceId: "demo" } }, ...of("Modal")]);
  await page.getByRole("button", { name: "Show details" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Pump ran").waitFor();
  await picture(page, "a2ui-Modal-open");
  await accessible(page, "dialog");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
});

test("what is wrong with an input is said when its user has been there, and a button waits for it", async () => {
  await openAlone();
  const condition = { call: "email", args: { value: { path: "/mail" } } };
  const checks = [{ condition, message: "This is no address" }];
  const context = { mail: { path: "/mail" } };
  await apply([
    { version: "v0.9", createSurface: { surfaceId: "form", catalogId: "basic" } },
    {
      version: "v0.9",
      updateComponents: {
        surfaceId: "form",
        components: [
          { id: "root", component: "Column", children: ["mail", "go"] },
          { id: "mail", component: "TextField", label: "Mail", value: { path: "/mail" }, checks },
          { id: "go", component: "Button", child: "word", variant: "primary", checks, action: { event: { name: "go", context } } },
          { id: "word", component: "Text", text: "Go" },
        ],
      },
    },
  ]);
  const button = page.getByRole("button", { name: "Go" });
  await button.waitFor();
  assert.equal(await page.locator(".fault").count(), 0);
  await page.getByLabel("Mail").fill("nobody");
  // The browser's driver waits for a button that is off; a person presses it all the same.
  await button.click({ force: true });
  await page.locator(".fault", { hasText: "This is no address" }).waitFor();
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await accessible(page, "faults");
  await picture(page, "a2ui-faults");
  await page.getByLabel("Mail").fill("ada@example.org");
  await until(page, () => !document.querySelector(".fault"));
  await button.click();
  const { userAction } = await heard((word) => word.userAction);
  assert.deepEqual(userAction.context, { mail: "ada@example.org" });
  assert.equal(said.filter((word) => word.userAction).length, 1);
});

test("a button that shows nothing but an icon has a name", async () => {
  await openAlone();
  await apply(FIXTURES.find(({ component }) => component === "Button").v09);
  await page.getByRole("button", { name: "skip next", exact: true }).click();
  await heard((word) => word.userAction?.name === "next");
});

test("what a script presses is not pressed", async () => {
  await openAlone();
  await apply(FIXTURES.find(({ component }) => component === "Button").v08);
  await page.evaluate(() => document.querySelector('[data-id="it"]').click());
  await page.locator('[data-id="it"]').dispatchEvent("click");
  await page.getByRole("button", { name: "Not now" }).click();
  await heard((word) => word.userAction?.name === "later");
  assert.deepEqual(said.filter((word) => word.userAction).map(({ userAction }) => userAction.name), ["later"]);
});

test("markup, scripts and addresses in an agent's words stay words", async () => {
  await openAlone();
  const evil =
    '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script> [go](javascript:globalThis.pwned=1) ' +
    "**<b onclick=x>bold</b>** ![p](https://leak.example/p.png)";
  const script = "javascript:globalThis.pwned=1";
  const components = [
    { id: "root", component: "Column", children: ["a", "b", "c", "d", "e"] },
    { id: "a", component: "Text", text: evil },
    { id: "b", component: "Text", text: evil, variant: "h1" },
    { id: "c", component: "Image", url: script, description: evil },
    { id: "d", component: "Button", child: "a", action: { functionCall: { call: "openUrl", args: { url: script } } } },
    { id: "e", component: evil },
  ];
  const theme = { agentDisplayName: evil, primaryColor: 'red;background:url("https://leak.example")' };
  await apply([
    { version: "v0.9", createSurface: { surfaceId: "evil", catalogId: evil, theme } },
    { version: "v0.9", updateComponents: { surfaceId: "evil", components } },
  ]);
  await page.locator('[data-id="d"]').click();
  await heard((word) => word.error?.code === "ACTION_FAILED");
  const found = await page.evaluate(() => ({
    pwned: globalThis.pwned,
    elements: document.querySelectorAll("#a2ui img, #a2ui script, #a2ui b, #a2ui [onclick], #a2ui [onerror]").length,
    links: [...document.querySelectorAll("#a2ui a")].map((link) => link.href),
  }));
  assert.deepEqual(found, { pwned: undefined, elements: 0, links: [] });
});

test("the largest surfaces are drawn, or cut, and the page still answers", async () => {
  await openAlone();
  const items = Array.from({ length: 500 }, (_, at) => ({ name: `Item ${at}`, more: Array.from({ length: 20 }, (_, one) => one) }));
  const components = [
    { id: "root", component: "List", children: { componentId: "card", path: "/items" } },
    { id: "card", component: "Card", child: "column" },
    { id: "column", component: "Column", children: ["name", "inner"] },
    { id: "name", component: "Text", text: { path: "name" }, variant: "h3" },
    { id: "inner", component: "Row", children: { componentId: "leaf", path: "more" } },
    { id: "leaf", component: "Text", text: { path: "." } },
  ];
  await apply([
    { version: "v0.9", createSurface: { surfaceId: "big", catalogId: "basic" } },
    { version: "v0.9", updateDataModel: { surfaceId: "big", value: { items } } },
    { version: "v0.9", updateComponents: { surfaceId: "big", components } },
  ]);
  await page.getByText("Not shown: more than 4000 parts").first().waitFor();
  await noSidewaysScroll(page, "big");
  assert.deepEqual(await page.evaluate(() => globalThis.openclawA2UI.reset()), { ok: true, surfaces: [] });
  await page.getByText("Nothing here yet").waitFor();
});
