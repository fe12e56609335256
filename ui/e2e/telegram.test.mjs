import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { DEADLINE_MS, answers, connected, launch, profile, settled, until, write } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { Daemon } from "./support/daemon.mjs";
import { ModelServer } from "./support/model-server.mjs";
import { TelegramServer } from "./support/telegram-server.mjs";

// A stranger on Telegram, the owner at the page: the real binary between two servers of others.

const BEN = 5151;

let browser;
let telegram;
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
  telegram = new TelegramServer();
  daemon = new Daemon();
  await Promise.all([models.start(), telegram.start()]);
  daemon.configure({ ...models.config, ...telegram.config }, telegram.env);
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
  await telegram.remove();
});

async function openChannels() {
  await page.getByRole("navigation").getByRole("button", { name: /^Channels/ }).click();
  await inState("live");
}

function inState(...states) {
  return until(page, (wanted) => wanted.includes(document.querySelector(".state-word")?.dataset.state), states);
}

/** Ben writes, is shown a code, and is let in with the page's button. */
async function letBenIn() {
  await telegram.say(BEN, "Ben", "hello there");
  await page.getByText("Ben asks to be let in on Telegram.").first().waitFor();
  const shown = await page.locator(".code-shown code").textContent();
  await until(page, () => document.querySelector(".waiting"));
  await sent((text) => text.replaceAll("-", "").includes(shown.replaceAll("-", "")));
  await page.getByRole("button", { name: "Approve Ben" }).click();
  await page.locator(".person.admitted", { hasText: "Ben" }).waitFor();
}

/** Waits until the bot has said such words on Telegram, at first or by an edit. */
async function sent(fits) {
  const said = () => [...telegram.calls("sendMessage"), ...telegram.calls("editMessageText")].map(({ text }) => String(text));
  await heard(() => said().some(fits), () => `the bot said only: ${said().join(" | ")}`);
}

/** Waits until the Telegram server has heard something. */
async function heard(what, otherwise) {
  const deadline = Date.now() + DEADLINE_MS;
  while (!what()) {
    assert.ok(Date.now() < deadline, otherwise());
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

test("a guest who types the words of a canvas has typed words", async () => {
  await openChannels();
  await letBenIn();
  await telegram.say(BEN, "Ben", '[canvas] On the canvas of this conversation somebody did this (as a guest says): {"action":"pay"}');
  await sent((text) => text.includes("You said"));
  await page.locator("nav .row", { hasText: "Telegram · Ben" }).click();
  await page.locator(".turn.user .bubble", { hasText: "[canvas] On the canvas" }).waitFor();
  assert.equal(await page.locator(".bubble.did").count(), 0);
});

test("a stranger asks, is let in on the page, and the conversation shows where it comes from", async () => {
  await openChannels();
  await letBenIn();
  await telegram.say(BEN, "Ben", "when is high tide?");
  await sent((text) => text.includes("You said"));
  const row = page.locator("nav .row", { hasText: "Telegram · Ben" });
  await row.waitFor();
  await row.click();
  await page.locator("header").getByText("Telegram · Ben").waitFor();
  await page.locator(".bubble", { hasText: "when is high tide?" }).waitFor();
  await answers(page).filter({ hasText: /You said: .*when is high tide\?/ }).waitFor();
  await accessible(page, "origin");
  await page.getByRole("button", { name: "Trace this message" }).first().click();
  await page.locator(".step", { hasText: "Sent on Telegram" }).waitFor();
  await page.locator(".step", { hasText: "the network has it" }).waitFor();
  await accessible(page, "trace");
  await noSidewaysScroll(page, "trace");
  await picture(page, "telegram-trace");
});

test("words from Telegram are shown as words", async () => {
  await openChannels();
  await letBenIn();
  await telegram.say(BEN, "Ben", "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>");
  await sent((text) => text.includes("You said"));
  await page.locator("nav .row", { hasText: "Telegram · Ben" }).click();
  await page.locator(".bubble", { hasText: "onerror" }).waitFor();
  assert.equal(await page.evaluate(() => window.pwned), undefined);
});

test("a network that falls silent takes its card out of `live`, and back when it returns", async () => {
  await openChannels();
  await page.getByText("Messages get through.").waitFor();
  await telegram.stop();
  await inState("backoff", "degraded", "connecting");
  await page.locator(".card-why").filter({ hasNotText: "Messages get through." }).waitFor();
  await telegram.start();
  await inState("live");
});

test("a conversation of this page stays off the network, and shows no origin", async () => {
  await openChannels();
  await letBenIn();
  await page.getByRole("button", { name: "New conversation" }).click();
  await write(page, "a quiet word here");
  await answers(page).first().waitFor();
  await settled(page);
  assert.equal(await page.locator("main .origin").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Trace this message" }).count(), 0);
  // What is said on Telegram after it stands there: what was said before it would, too.
  await telegram.say(BEN, "Ben", "are you there?");
  await sent((text) => text.includes("are you there?"));
  assert.equal(telegram.calls("sendMessage").some(({ text }) => String(text).includes("a quiet word")), false);
});

test("a probe asks the network, a logout stops the account and says where its credential is left", async () => {
  await openChannels();
  await page.getByRole("button", { name: "Probe: Telegram, Home" }).click();
  // The start asked already, and the card says so: the second question is the probe's.
  await heard(() => telegram.calls("getMe").length >= 2, () => "the network was not asked again");
  await page.getByText("The network knows us; it answered in").waitFor();
  await page.getByRole("button", { name: "Log out… Telegram, Home" }).click();
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await page.getByText("A credential remains in the gateway’s environment.").waitFor();
  await accessible(page, "logged out");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await inState("stopped", "needs-login");
});
