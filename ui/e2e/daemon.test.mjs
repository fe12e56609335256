import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { answers, connected, holds, launch, profile, settled, until, write } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { Daemon } from "./support/daemon.mjs";

// The whole way: the real binary, started with nothing configured, and a real browser.

let browser;
let daemon;
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
  ({ context, faults } = await profile(browser));
  page = await context.newPage();
});
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
  await daemon.remove();
});

async function enter() {
  await page.goto(daemon.link);
  await connected(page);
}

async function ask(text) {
  const count = await answers(page).count();
  await write(page, text);
  await until(page, (seen) => document.querySelectorAll(".turn.assistant:not(.running) .prose").length > seen, count);
  await settled(page);
}

test("first start: write, watch the answer stream in", async () => {
  await enter();
  assert.equal(page.url(), `${daemon.origin}/`, "the code is gone from the address bar");
  await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  await picture(page, "first-start");
  const sizes = await page.evaluateHandle(() => {
    const seen = new Set();
    new MutationObserver(() => {
      const text = document.querySelector(".running .prose")?.textContent;
      if (text) seen.add(text.length);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    return seen;
  });
  await ask("Good morning, who are you?");
  assert.ok((await sizes.evaluate((seen) => seen.size)) > 2, "the answer grew in steps");
  await ask("/help");
  await picture(page, "conversation");
  await page.getByRole("button", { name: /Connection: Connected/ }).click();
  await page.getByRole("dialog").waitFor();
  await picture(page, "details");
});

test("a restart keeps the conversation", async () => {
  await enter();
  await ask("Remember the harbour");
  const before = await page.locator(".turn").count();
  await daemon.stop();
  await until(page, () => document.documentElement.dataset.connection !== "ready");
  await daemon.start();
  await connected(page);
  await page.reload();
  await connected(page);
  await page.locator(".bubble", { hasText: "Remember the harbour" }).waitFor();
  await holds(async () => assert.equal(await page.locator(".turn").count(), before));
});

test("an answer can be stopped", async () => {
  await enter();
  await write(page, `Please think long about this: ${"the tide and the gate ".repeat(120)}`);
  await until(page, () => document.querySelector(".running .prose")?.textContent);
  await page.getByRole("button", { name: "Stop answer" }).click();
  await settled(page);
  await page.getByText("Stopped", { exact: true }).waitFor();
});

test("a killed gateway: visible, waited for, nothing lost", async () => {
  await enter();
  await ask("Before the fall");
  await daemon.stop("SIGKILL");
  await until(page, () => document.documentElement.dataset.connection === "waiting");
  await page.getByRole("button", { name: /Connection: (Reconnecting|Gateway)/ }).waitFor();
  await page.getByRole("textbox", { name: "Message" }).fill("written while it was down");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Message" }).fill("unfinished");
  await daemon.start();
  await connected(page);
  await until(page, () => document.querySelectorAll(".turn.assistant:not(.running) .prose").length >= 2);
  await settled(page);
  assert.equal(await page.locator(".bubble", { hasText: "written while it was down" }).count(), 1);
  assert.equal(await page.locator(".bubble", { hasText: "Before the fall" }).count(), 1);
  assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "unfinished");
});

test("two windows stay in step", async () => {
  await enter();
  const second = await context.newPage();
  await second.goto(daemon.origin);
  await connected(second);
  await ask("Seen by both");
  const texts = (window) => window.locator(".bubble, .turn.assistant .prose").allTextContents();
  await second.locator(".bubble", { hasText: "Seen by both" }).waitFor();
  await answers(second).first().waitFor();
  await settled(second);
  await holds(async () => assert.deepEqual(await texts(second), await texts(page)));
  await write(second, "And back again");
  await page.locator(".bubble", { hasText: "And back again" }).waitFor();
});

test("the whole first conversation by keyboard alone", async () => {
  await enter();
  await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  await page.keyboard.type("Hello from the keys");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("on two lines");
  await page.keyboard.press("Enter");
  await page.locator(".bubble", { hasText: "Hello from the keys\non two lines" }).waitFor();
  await answers(page).first().waitFor();
  await settled(page);
  await focusByTab("New conversation");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  await page.keyboard.press("Control+k");
  await until(page, () => document.activeElement?.id === "search");
  await page.keyboard.type("keys");
  await until(page, () => document.querySelectorAll(".row").length === 1);
  await focusByTab(/Hello from the keys/);
  await page.keyboard.press("Enter");
  await page.locator(".bubble", { hasText: "Hello from the keys" }).waitFor();
  await focusByTab("Conversation actions");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until(page, () => document.activeElement?.id === "rename");
  await page.keyboard.type("By hand");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "By hand", level: 1 }).waitFor();
});

/** Presses Tab until the element with that accessible name has the focus. */
async function focusByTab(name) {
  const target = page.getByRole("button", { name }).first();
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`Tab never reached ${name}`);
}

test("an address in the URL is never dialled and a token in it never used", async () => {
  let connections = 0;
  const evil = createServer(() => { connections += 1; }).listen(0, "127.0.0.1");
  await once(evil, "listening");
  const address = `ws://127.0.0.1:${evil.address().port}`;
  const sockets = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto(`${daemon.origin}/?gatewayUrl=${address}&token=x#gatewayUrl=${address}`);
  await page.getByRole("heading", { name: "Connect this browser" }).waitFor();
  assert.equal(page.url(), `${daemon.origin}/`);
  await enter();
  await page.goto(`${daemon.origin}/?gatewayUrl=${address}&token=x#gatewayUrl=${address}`);
  await connected(page);
  assert.equal(connections, 0);
  assert.ok(sockets.every((url) => new URL(url).host === new URL(daemon.origin).host));
  evil.close();
});

test("a used link opened again in a known browser just works, in a strange one it says why", async () => {
  await enter();
  await page.goto("about:blank");
  await enter();
  const stranger = await profile(browser);
  const other = await stranger.context.newPage();
  await other.goto(daemon.link);
  await other.getByText(/already used, or is too old/).waitFor();
  await stranger.context.close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`every view of the real page, ${colorScheme}`, async () => {
    await context.close();
    ({ context, faults } = await profile(browser, { colorScheme, viewport: { width: 390, height: 844 } }));
    page = await context.newPage();
    await page.goto(daemon.origin);
    await page.getByRole("heading", { name: "Connect this browser" }).waitFor();
    await look("connect");
    await enter();
    await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
    await look("empty");
    await ask("/help");
    await look("conversation");
    await page.setViewportSize({ width: 1280, height: 820 });
    await look("wide");
  });

  async function look(view) {
    await accessible(page, `${view} ${colorScheme}`);
    await noSidewaysScroll(page, `${view} ${colorScheme}`);
    await picture(page, `daemon-${colorScheme}-${view}`);
  }
}
