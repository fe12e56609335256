import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { answers, connected, launch, profile, settled, until, write } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { Daemon } from "./support/daemon.mjs";
import { fill, TOTAL } from "./support/long-session.mjs";
import { ModelServer } from "./support/model-server.mjs";
import { Owner } from "./support/owner.mjs";
import { walkUp } from "./support/walk.mjs";

// What can be done with conversations, against the real binary with a model that echoes.

let browser;
let models;
let daemon;
let owner;
let context;
let faults;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  models = new ModelServer();
  await models.start();
  daemon = new Daemon();
  daemon.configure({ ...models.config, messages: { queue: { cap: 100 } } });
  await daemon.start();
  owner = await Owner.of(daemon);
  ({ context, faults } = await profile(browser));
  page = await context.newPage();
  await page.goto(daemon.link);
  await connected(page);
});
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
  owner.close();
  models.stop();
  await daemon.remove();
});

async function ask(text) {
  const count = await answers(page).count();
  await write(page, text);
  await until(page, (seen) => document.querySelectorAll(".turn.assistant:not(.running) .prose").length > seen, count);
  await settled(page);
}

async function begin(text) {
  await page.getByRole("button", { name: "New conversation" }).first().click();
  await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  await ask(text);
}

async function act(name) {
  await page.getByRole("button", { name: "Conversation actions" }).click();
  await page.getByRole("button", { name }).click();
  await page.getByRole("dialog").waitFor();
}

const rows = () => page.locator(".row-title").allTextContents();

test("a conversation is renamed, a name that is taken is refused in the open", async () => {
  await ask("The first of them");
  await begin("The second of them");
  await act("Rename…");
  await page.getByRole("textbox", { name: "Name" }).fill("Harbour plans");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Harbour plans", level: 1 }).waitFor();
  assert.equal((await owner.call("sessions.resolve", { label: "Harbour plans" })).key.startsWith("agent:main:web:"), true);
  await page.locator(".row", { hasText: "The first of them" }).click();
  await page.getByRole("heading", { name: "The first of them", level: 1 }).waitFor();
  await act("Rename…");
  await page.getByRole("textbox", { name: "Name" }).fill("Harbour plans");
  await page.keyboard.press("Enter");
  await page.getByText(/That did not work: .*Harbour plans/).waitFor();
  await accessible(page, "rename refused");
  await page.keyboard.press("Escape");
  await until(page, () => document.activeElement?.getAttribute("aria-label") === "Conversation actions");
  assert.deepEqual((await rows()).sort(), ["Harbour plans", "The first of them"]);
});

test("clearing empties a conversation here and for the model, deleting takes it away", async () => {
  await ask("Forget this secret");
  await act("Clear messages…");
  await page.getByRole("button", { name: "Clear messages", exact: true }).click();
  await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  await ask("What did I say?");
  assert.ok(!JSON.stringify(models.requests.at(-1)).includes("Forget this secret"));
  await begin("To be deleted");
  await until(page, () => document.querySelectorAll(".row").length === 2);
  await act("Delete…");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("heading", { name: "What did I say?", level: 1 }).waitFor();
  await until(page, () => document.querySelectorAll(".row").length === 1);
  assert.equal((await owner.call("sessions.list")).count, 1);
});

test("the details tell what the gateway tells", async () => {
  await ask("Hello");
  await page.getByRole("button", { name: /Connection: Connected/ }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByText("All good").waitFor();
  await sheet.getByText("this browser", { exact: true }).waitFor();
  await sheet.getByText("this gateway").waitFor();
  await accessible(page, "details");
  await picture(page, "sessions-details");
  await page.keyboard.press("Escape");
  await until(page, () => document.activeElement?.classList.contains("badge"));
});

test("an answer in another conversation shows in the list and leaves this one alone", async () => {
  await ask("I stay here");
  await owner.say("elsewhere", "Said by the command line");
  await page.locator(".row", { hasText: "Said by the command line" }).waitFor();
  assert.equal(await page.locator(".bubble").count(), 1);
  await page.locator(".row", { hasText: "Said by the command line" }).click();
  await answers(page).getByText("You said: Said by the command line").waitFor();
});

test("ten thousand messages: found, opened, and scrolled to their beginning", async () => {
  await ask("Another conversation");
  await fill(owner, models, "long", new Map([[9_000, "with the word barnacle"]]));
  const { messages } = await owner.call("chat.history", { sessionKey: "long", before: 9_001, limit: 1 });
  assert.match(messages[0].content[0].text, /^Message \*\*9000\*\*.*barnacle/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("barnacle");
  await until(page, () => document.querySelectorAll(".row").length === 1);
  await picture(page, "sessions-search");
  await accessible(page, "search");
  await page.keyboard.press("Enter");
  await answers(page).filter({ hasText: `Message ${TOTAL}` }).waitFor();
  await until(page, () => document.activeElement?.id === "message");
  const walk = await page.evaluate(walkUp);
  assert.ok(walk.reached, "the beginning is reached");
  assert.equal(walk.jumps, 0, "the row that is read stays where it is");
  assert.ok(walk.mostRows <= 320, `${walk.mostRows} rows were in the document at once`);
  await page.locator(".bubble", { hasText: "Message **1** " }).waitFor();
  await page.getByRole("button", { name: "Jump to latest" }).click();
  await answers(page).filter({ hasText: `Message ${TOTAL}` }).waitFor();
  await noSidewaysScroll(page, "long");
});

test("the list is walked with the arrow keys, and Escape leaves step by step", async () => {
  await ask("Alpha");
  await begin("Beta");
  await until(page, () => document.querySelector(".row")?.textContent.includes("Beta"));
  const focused = (name) => until(page, (wanted) => document.activeElement?.textContent.includes(wanted), name);
  await page.keyboard.press("Control+k");
  await until(page, () => document.activeElement?.id === "search");
  await page.keyboard.press("ArrowDown");
  await focused("Beta");
  await page.keyboard.press("ArrowDown");
  await focused("Alpha");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await until(page, () => document.activeElement?.id === "search");
  await page.keyboard.type("alp");
  await until(page, () => document.querySelectorAll(".row").length === 1);
  await page.keyboard.press("Escape");
  await until(page, () => document.activeElement?.value === "" && document.querySelectorAll(".row").length === 2);
  await page.keyboard.press("Escape");
  await until(page, () => document.activeElement?.id === "message");
});
