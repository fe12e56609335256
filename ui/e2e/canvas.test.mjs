import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { connected, DEADLINE_MS, holds, launch, profile, settled, until } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { Daemon } from "./support/daemon.mjs";
import { hostilePage } from "./support/hostile-page.mjs";
import { Owner } from "./support/owner.mjs";

// The canvas, from the folder to the frame: the real binary and a real browser.

const MAIN = "agent:main:main";

let browser;
let daemon;
let owner;
let folder;
let context;
let faults;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  daemon = new Daemon();
  await daemon.start();
  owner = await Owner.of(daemon);
  ({ folder } = await owner.call("canvas.open", { sessionKey: MAIN }));
  await owner.call("canvas.present", { sessionKey: MAIN });
  ({ context, faults } = await profile(browser));
  page = await context.newPage();
});
afterEach(async () => {
  owner.close();
  await context.close();
  await daemon.remove();
});

async function enter() {
  await page.goto(daemon.link);
  await connected(page);
}

const toggle = () => page.getByRole("button", { name: "Canvas of this conversation", exact: true });
const panel = () => page.getByRole("complementary", { name: "Canvas" });
const shown = () => page.frameLocator("iframe[title='What the agent shows']");

function put(name, text) {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
}

test("what the agent writes stands beside the conversation, and is new when it changes", async () => {
  await enter();
  await toggle().click();
  await shown().getByRole("heading", { name: "This canvas is empty" }).waitFor();
  await picture(page, "canvas-sample");
  put("index.html", "<!doctype html><h1>Tide table</h1><link rel=stylesheet href=look.css>");
  await shown().getByRole("heading", { name: "Tide table" }).waitFor();
  put("look.css", "h1 { letter-spacing: 7px }");
  const styled = () => shown().locator("h1").evaluate((one) => getComputedStyle(one).letterSpacing);
  const deadline = Date.now() + DEADLINE_MS;
  while ((await styled().catch(() => "")) !== "7px") assert.ok(Date.now() < deadline, "the style never came");
  const frame = page.frames().find((one) => one.url().includes("/cap/"));
  assert.notEqual(new URL(frame.url()).port, String(daemon.port), "it is on an origin of its own");

  const inert = (wanted) => until(page, (is) => document.querySelector("main")?.inert === is, wanted);
  await page.getByRole("button", { name: "Full width" }).click();
  await inert(true);
  await picture(page, "canvas-wide");
  await page.getByRole("button", { name: "Full width" }).click();
  await inert(false);
  await accessible(page, "canvas");
  await page.getByRole("button", { name: "Load the canvas again" }).focus();
  await page.keyboard.press("Escape");
  await panel().waitFor({ state: "detached" });
  await until(page, () => document.activeElement?.id === "canvas-button");

  // The agent shows it: on a wide page it opens by itself.
  await owner.call("canvas.present", { sessionKey: MAIN });
  await shown().getByRole("heading", { name: "Tide table" }).waitFor();
  await page.getByRole("button", { name: "Close canvas" }).click();
  await panel().waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
});

test("on a phone it opens over the conversation when it is asked for", async () => {
  await page.setViewportSize({ width: 390, height: 760 });
  await enter();
  await owner.call("canvas.present", { sessionKey: MAIN });
  // What comes after it is here, so it is here too: who pushed it by hand is told nothing.
  await owner.call("chat.send", { sessionKey: MAIN, message: "Is it there?", idempotencyKey: "after-the-push" });
  await page.getByText("Is it there?").first().waitFor();
  assert.equal(await page.getByText("The agent shows something on the canvas.").count(), 0);
  assert.equal(await panel().count(), 0);
  await toggle().click();
  await shown().getByRole("heading", { name: "This canvas is empty" }).waitFor();
  await noSidewaysScroll(page);
  await picture(page, "canvas-phone");
  await page.getByRole("button", { name: "Close canvas" }).click();
  await panel().waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
});

test("a press on a page and on a form reaches the agent", async () => {
  await enter();
  await toggle().click();
  await shown().getByRole("button", { name: "Say hello to the agent" }).click();
  await page.locator(".turn.user").getByText('"action":"hello"').waitFor();
  await settled(page);

  const messages = [
    { version: "v0.9", createSurface: { surfaceId: "gate", catalogId: "basic" } },
    {
      version: "v0.9",
      updateComponents: {
        surfaceId: "gate",
        components: [
          { id: "root", component: "Column", children: ["head", "by", "yes"] },
          { id: "head", component: "Text", variant: "h2", text: "Close the gate?" },
          { id: "by", component: "TextField", label: "Who closes it", value: { path: "/by" } },
          { id: "yes", component: "Button", variant: "primary", child: "word", action: { event: { name: "close", context: { by: { path: "/by" } } } } },
          { id: "word", component: "Text", text: "Close it" },
        ],
      },
    },
  ];
  await owner.call("canvas.push", { sessionKey: MAIN, messages });
  await page.getByRole("button", { name: "Forms" }).click();
  await shown().getByRole("heading", { name: "Close the gate?" }).waitFor();
  await shown().getByLabel("Who closes it").fill("Ada");
  await shown().getByRole("button", { name: "Close it" }).click();
  await page.locator(".turn.user").getByText('"by":"Ada"').waitFor();
  await picture(page, "canvas-form");
  await settled(page);

  // The whole page again: what was described is still there.
  await page.reload();
  await connected(page);
  await toggle().click();
  await shown().getByRole("heading", { name: "Close the gate?" }).waitFor();
  await owner.call("canvas.reset", { sessionKey: MAIN });
  await shown().getByText("Nothing here yet").waitFor();
  assert.deepEqual(faults, []);
});

/** Somebody else's server, which must never hear of anything. */
async function canary() {
  const heard = [];
  const server = createServer((request, response) => {
    heard.push(request.url);
    response.writeHead(200, { "access-control-allow-origin": "*", "content-type": "text/html" }).end("<p>elsewhere");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { heard, server, origin: `http://127.0.0.1:${server.address().port}` };
}

test("T36: a hostile page reaches neither gateway nor token nor parent nor anybody else", async () => {
  const elsewhere = await canary();
  put("index.html", hostilePage({ gateway: daemon.origin, elsewhere: elsewhere.origin }));
  await enter();
  await toggle().click();
  await shown().locator("#done").waitFor();
  const frame = page.frames().find((one) => one.url().includes("/cap/"));
  const powers = await frame.evaluate(() => globalThis.powers);
  const got = Object.entries(powers).filter(([, held]) => held !== "blocked");
  assert.deepEqual(got, [], "what it could do");
  assert.ok(Object.keys(powers).length >= 28, "it tried");
  assert.equal(await frame.evaluate(() => globalThis.origin), "null");
  assert.equal(page.url(), `${daemon.origin}/`, "the page around it is where it was");

  // Words of a page in which nobody is at work are no actions.
  await page.evaluate(() => {
    addEventListener("message", ({ data }) => {
      if (data === "after the forgeries") globalThis.forged = true;
    });
  });
  await frame.evaluate(() => {
    globalThis.forge();
    parent.postMessage("after the forgeries", "*");
  });
  await until(page, () => globalThis.forged);

  // It leads nobody away: our page frames canvases alone.
  await frame.evaluate((to) => globalThis.location.assign(to), `${elsewhere.origin}/stolen?${encodeURIComponent(frame.url())}`)
    .catch(() => undefined);
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  assert.equal(page.url(), `${daemon.origin}/`);
  assert.deepEqual(elsewhere.heard, []);
  // The forgeries are long past: what the page had made of them would be here.
  const { messages } = await owner.call("chat.history", { sessionKey: MAIN });
  assert.deepEqual(messages, []);
  elsewhere.server.close();
});

test("T36: a page that takes the focus neither reads what is typed beside it nor acts for whoever typed it", async () => {
  put("index.html", `<!doctype html><h1>Thief</h1><input id="net"><script>
    net.addEventListener("keydown", ({ key }) => console.log("caught", key));
    globalThis.steal = () => setInterval(() => {
      net.focus();
      tidegateSendUserAction({ name: "forged" });
      console.log("tried");
    }, 250);
  </script>`);
  await enter();
  await toggle().click();
  await shown().getByRole("heading", { name: "Thief" }).waitFor();
  const told = [];
  page.on("console", (message) => told.push(message.text()));
  const tries = () => told.filter((text) => text === "tried").length;
  const frame = page.frames().find((one) => one.url().includes("/cap/"));
  const composer = page.getByRole("textbox", { name: "Message" });
  await composer.click();
  await frame.evaluate(() => void globalThis.steal());
  // To the browser whatever the driver asks of the page is a gesture, so it asks once, before the keys, and then
  // nothing until the end. This lasts longer than any browser remembers a gesture.
  const forgotten = page.evaluate(async () => {
    while (navigator.userActivation.isActive) await new Promise(requestAnimationFrame);
  });
  const typed = "what nobody else reads";
  await page.keyboard.type(typed, { delay: 60 });
  await forgotten;
  // What is forged now is known for it.
  const before = tries();
  await holds(() => assert.ok(tries() > before + 5, "the thief has given up"));
  const { messages } = await owner.call("chat.history", { sessionKey: MAIN });
  assert.deepEqual(messages, []);
  const kept = await composer.inputValue();
  assert.ok(kept.length >= typed.length - 4, `kept "${kept}"; ${told.filter((text) => text !== "tried")}`);
});

test("T36: another page frames no canvas, and a canvas in a window of its own has no origin either", async () => {
  const { url, path } = await owner.call("canvas.open", { sessionKey: MAIN });
  const elsewhere = createServer((_, response) => {
    const frames = [url, `${daemon.origin}${path}`].map((address) => `<iframe src="${address}"></iframe>`);
    response.writeHead(200, { "content-type": "text/html" }).end(frames.join(""));
  });
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  const framed = page.frames().slice(1);
  assert.equal(framed.length, 2);
  for (const frame of framed) assert.equal(await frame.locator("text=This canvas is empty").count(), 0);
  elsewhere.close();

  await page.goto(url);
  await page.getByRole("heading", { name: "This canvas is empty" }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.origin), "null");
  const kept = await page.evaluate(() => {
    try {
      return localStorage.length;
    } catch {
      return "blocked";
    }
  });
  assert.equal(kept, "blocked");
});

test("called by an IPv6 address, a window of its own is on the canvas's port and is loaded again too", async () => {
  const { url } = await owner.call("canvas.open", { sessionKey: MAIN, keep: true });
  const six = new URL(url);
  six.hostname = "[::1]";
  assert.notEqual(six.port, String(daemon.port));
  await page.goto(six.href);
  await page.getByRole("heading", { name: "This canvas is empty" }).waitFor();
  put("look.css", "h1 { letter-spacing: 7px }");
  put("index.html", "<!doctype html><link rel=stylesheet href=look.css><h1>Tide table</h1>");
  await page.getByRole("heading", { name: "Tide table" }).waitFor();
  await until(page, () => {
    const heading = document.querySelector("h1");
    return heading && getComputedStyle(heading).letterSpacing === "7px";
  });
  assert.deepEqual(faults, []);
});
