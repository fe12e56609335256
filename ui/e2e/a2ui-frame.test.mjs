import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { serveCanvas } from "./support/a2ui-server.mjs";
import { launch, profile } from "./support/browser.mjs";
import { picture } from "./support/checks.mjs";

// The built canvas in a frame without an origin, and the played host of `a2ui/harness` around it.

let browser;
let site;
let context;
let faults;
let page;

before(async () => {
  browser = await launch();
  site = await serveCanvas();
});
after(async () => {
  await browser.close();
  site.close();
});
beforeEach(async () => {
  ({ context, faults } = await profile(browser, { viewport: { width: 390, height: 760 } }));
  page = await context.newPage();
});
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
});

const CLOSE = { event: { name: "close", context: { by: { path: "/by" } } } };
const RULES = { functionCall: { call: "openUrl", args: { url: "https://example.org/rules" } } };
const GATE = [
  { version: "v0.9", createSurface: { surfaceId: "gate", catalogId: "basic", theme: { agentDisplayName: "Harbour agent" } } },
  { version: "v0.9", updateDataModel: { surfaceId: "gate", value: { gate: "Gate 3", by: "" } } },
  {
    version: "v0.9",
    updateComponents: {
      surfaceId: "gate",
      components: [
        { id: "root", component: "Card", child: "all" },
        { id: "all", component: "Column", children: ["head", "by", "row"] },
        { id: "head", component: "Text", variant: "h2", text: { call: "formatString", args: { value: "Close ${/gate}?" } } },
        { id: "by", component: "TextField", label: "Who closes it", value: { path: "/by" } },
        { id: "row", component: "Row", children: ["yes", "rules"] },
        { id: "yes", component: "Button", variant: "primary", child: "yesword", action: CLOSE },
        { id: "yesword", component: "Text", text: "Close it" },
        { id: "rules", component: "Button", variant: "borderless", child: "rulesword", action: RULES },
        { id: "rulesword", component: "Text", text: "Read the rules" },
      ],
    },
  },
];

/** The last word of this type that the host heard. */
async function hostHeard(type) {
  const handle = await page.waitForFunction((wanted) => globalThis.host.heard.findLast((word) => word.type === wanted), type);
  return handle.jsonValue();
}

async function openFramed() {
  await page.goto(site.host);
  await hostHeard("a2ui.applied");
  return page.frameLocator("iframe");
}

test("framed away from its origin it is driven, acts, and is filled again after a reload", async () => {
  const canvas = await openFramed();
  await canvas.getByText("Nothing here yet").waitFor();
  await page.evaluate((messages) => globalThis.host.apply(messages), GATE);
  await canvas.getByRole("heading", { name: "Close Gate 3?" }).waitFor();
  await canvas.getByLabel("Who closes it").fill("Ada");
  await picture(page, "a2ui-framed");
  await canvas.getByRole("button", { name: "Close it" }).click();
  const action = await hostHeard("a2ui.action");
  assert.equal(action.nonce, await page.evaluate(() => globalThis.host.nonce));
  assert.equal(action.version, "v0.9");
  const { id, name, surfaceId, context: given } = action.userAction;
  assert.deepEqual([name, surfaceId, given], ["close", "gate", { by: "Ada" }]);
  await canvas.getByText("Sending: close").waitFor();
  await page.evaluate((wanted) => globalThis.host.say("a2ui.status", { id: wanted, ok: false, error: "the agent is away" }), id);
  await canvas.getByText("Failed: close — the agent is away").waitFor();

  await canvas.getByRole("button", { name: "Read the rules" }).click();
  assert.equal((await hostHeard("a2ui.openUrl")).url, "https://example.org/rules");

  // A reload of the canvas alone: the host's page, and what it keeps, stays.
  await page.evaluate(() => {
    globalThis.host.heard.length = 0;
    globalThis.host.frame.src += "";
  });
  await hostHeard("a2ui.applied");
  await canvas.getByRole("heading", { name: "Close Gate 3?" }).waitFor();
  assert.equal(await canvas.getByLabel("Who closes it").inputValue(), "");
});

test("framed, it has no origin, no storage and no network, and listens to its host alone", async () => {
  const canvas = await openFramed();
  const frame = page.frames().find((one) => one.url().startsWith(site.canvas));
  const powers = await frame.evaluate(async () => {
    const blocked = async (work) => {
      try {
        await work();
        return false;
      } catch {
        return true;
      }
    };
    return {
      origin: globalThis.origin,
      storage: await blocked(() => localStorage.length),
      cookies: await blocked(() => document.cookie),
      parent: await blocked(() => globalThis.parent.document.title),
    };
  });
  assert.deepEqual(powers, { origin: "null", storage: true, cookies: true, parent: true });
  const guess = { type: "a2ui.apply", nonce: "guessed-guessed-guessed", messages: GATE };
  await page.evaluate((word) => globalThis.host.frame.contentWindow.postMessage(word, "*"), guess);
  await frame.evaluate((word) => globalThis.postMessage(word, "*"), guess);
  await page.evaluate(() => globalThis.host.say("a2ui.apply", { seq: 9, messages: [] }));
  await page.waitForFunction(() => globalThis.host.heard.some((word) => word.seq === 9));
  await canvas.getByText("Nothing here yet").waitFor();
});
