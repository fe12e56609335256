import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { answers, connected, launch, profile, settled, write } from "./support/browser.mjs";
import { accessible, picture } from "./support/checks.mjs";
import { Daemon } from "./support/daemon.mjs";
import { ModelServer } from "./support/model-server.mjs";

// The whole way of a command: the model asks for it, a person decides in the conversation, the real
// binary runs it, and the conversation and the history say what became of it.

let browser;
let models;
let daemon;
let context;
let faults;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  models = new ModelServer();
  models.script = async function* ({ messages }) {
    const last = messages.at(-1);
    if (last.role === "tool") yield { text: `It said: ${last.content.match(/tide-\w+/)?.[0] ?? "nothing"}` };
    else yield { text: "I look." };
    if (last.role !== "tool") yield { tool: "exec", input: { command: ["echo", "tide-high"] } };
  };
  await models.start();
  daemon = new Daemon();
  daemon.configure(models.config);
  await daemon.start();
  ({ context, faults } = await profile(browser));
  page = await context.newPage();
  await page.goto(daemon.link);
  await connected(page);
});
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
  models.stop();
  await daemon.remove();
});

const card = () => page.locator("details.tool");

async function ask() {
  await write(page, "How high is the tide?");
  await card().getByText("Waits for you").waitFor();
}

test("a call waits in the conversation, is allowed there, runs once, and is remembered as that", async () => {
  await ask();
  await accessible(page, "waits");
  await picture(page, "agent-tools-waits");
  await page.locator(".tool-asks").getByRole("button", { name: "Review" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator(".asked-arguments").waitFor();
  assert.deepEqual(await dialog.locator(".asked-arguments code").allTextContents(), ["echo", "tide-high"]);
  await dialog.getByRole("button", { name: "Allow once" }).click();
  await answers(page).getByText("It said: tide-high").waitFor();
  await settled(page);
  await card().getByText("Done").waitFor();
  await page.reload();
  await connected(page);
  await card().getByText("Done").waitFor();
  await card().locator("summary").click();
  await card().getByText("tide-high").first().waitFor();
  await page.getByRole("navigation").getByRole("button", { name: /^Approvals/ }).click();
  await page.locator('[data-outcome="allow-once"]').getByText(/by this browser, .*, it ran/).waitFor();
});

test("a call that is denied does not run, and the agent goes on", async () => {
  await ask();
  await page.keyboard.press("Alt+KeyA");
  await page.getByRole("dialog").getByRole("button", { name: "Deny" }).click();
  await answers(page).getByText("It said: nothing").waitFor();
  await card().getByText("Failed").waitFor();
});

test("what is allowed always stands with its agent, and runs the next time without a question", async () => {
  await ask();
  await page.locator(".tool-asks").getByRole("button", { name: "Review" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Always allow exactly this" }).click();
  await answers(page).getByText("It said: tide-high").waitFor();
  await settled(page);
  await write(page, "And now?");
  await answers(page).getByText("It said: tide-high").nth(1).waitFor();
  await page.getByRole("navigation").getByRole("button", { name: /^Approvals/ }).click();
  const main = page.locator('[data-agent="main"]');
  await main.locator(".remembered").getByText(/allowed just now|allowed \d+ s ago/).waitFor();
  assert.deepEqual(await main.locator(".remembered-arguments bdi").allTextContents(), ["tide-high"]);
});
