import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { connected, drawn, holds, launch, profile, until } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { FakeChannels } from "./support/fake-channels.mjs";
import { FakeGateway, MAIN, said } from "./support/fake-gateway.mjs";
import { serveDist } from "./support/static-server.mjs";

// The page of channels against a gateway that the test plays: every state, every question.

const GROUP = "agent:main:discord:group:1001234";

let browser;
let site;
let gateway;
let channels;
let context;
let faults;
let page;

before(async () => {
  browser = await launch();
  site = await serveDist();
});
after(async () => {
  await browser.close();
  site.close();
});
beforeEach(() => fresh());
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
});

async function fresh(options) {
  await context?.close();
  ({ context, faults } = await profile(browser, options));
  gateway = new FakeGateway();
  channels = new FakeChannels(gateway);
  const origin = { provider: "discord", accountId: "default", label: "Harbour crew", chatType: "group" };
  const messages = [said(1, "user", "When does the tide turn?", { runId: "r9" }), said(2, "assistant", "At half past nine.", { runId: "r9" })];
  gateway.sessions.set(GROUP, { messages, origin, channel: "discord" });
  await gateway.attach(context);
  page = await context.newPage();
}

async function enter() {
  await page.goto(`${site.origin}/#code=once`);
  await connected(page);
  await until(page, () => document.querySelector("nav .row"));
}

async function openChannels() {
  const drawer = page.getByRole("button", { name: "Show conversations" });
  if (await drawer.isVisible()) await drawer.click();
  await page.getByRole("navigation").getByRole("button", { name: /^Channels/ }).click();
  await page.getByRole("heading", { name: "Channels", level: 1 }).waitFor();
  await until(page, () => document.querySelector(".card"));
}

const card = (account) => page.locator(`[data-account="${account}"]`);
const called = (method) => channels.calls.filter(([name]) => name === method).map(([, params]) => params);

test("each account has a card with its state, why, and when it tries again", async () => {
  await enter();
  await openChannels();
  await card("telegram/home").getByText("Messages get through.").waitFor();
  await card("telegram/home").getByText("Ana at home (@ana_home_bot)").waitFor();
  await card("telegram/home").getByText("Required").waitFor();
  const backoff = card("discord/default");
  await backoff.getByText("The network does not answer.").first().waitFor();
  const seconds = async () => Number(/Next try in (\d+)/.exec(await backoff.locator(".next-try").textContent())[1]);
  const first = await seconds();
  assert.ok(first > 0 && first <= 55, `${first} s`);
  await until(page, (seen) => Number(/in (\d+)/.exec(document.querySelector(".next-try")?.textContent)?.[1]) < seen, first);
  await backoff.getByText("3 waiting to be sent").waitFor();
  await backoff.getByText("1 not delivered").waitFor();
  const now = backoff.getByRole("img", { name: /Now: Backing off/ });
  assert.equal(await now.locator(".node.now").count(), 1);
  assert.equal(await now.locator(".node").count(), 8);
  await backoff.getByText("Last changes").click();
  assert.equal(await backoff.locator(".card-changes li").count(), 3);
});

test("a change is shown at once, and the list of conversations counts what needs its owner", async () => {
  await enter();
  await until(page, () => document.querySelector(".count-mark")?.textContent.startsWith("4"));
  await openChannels();
  channels.change("default", { state: "live", dead: 0, open: 0 });
  await card("discord/default").locator('[data-state="live"]').waitFor();
  await until(page, () => document.querySelector(".count-mark")?.textContent.startsWith("2"));
  channels.change("home", { state: "conflict", stateReason: "another gateway polls this bot" });
  await card("telegram/home").getByText("In use elsewhere: another gateway polls this bot.").waitFor();
  await until(page, () => document.querySelector(".count-mark")?.textContent.includes("3 things need you"));
});

test("a probe asks the network, a logout asks first and says what remains", async () => {
  await enter();
  await openChannels();
  await page.getByRole("button", { name: "Probe: Telegram, Home" }).click();
  await holds(() => assert.ok(called("channels.status").some(({ probe, channel }) => probe === true && channel === "telegram")));
  await page.getByRole("button", { name: "Log out… Telegram, Home" }).click();
  const dialog = page.getByRole("dialog", { name: "Log out of Telegram (Home)?" });
  await dialog.waitFor();
  await accessible(page, "logout");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(called("channels.logout"), []);
  await page.getByRole("button", { name: "Log out… Telegram, Home" }).click();
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await page.getByText("A credential remains in the gateway’s environment.").waitFor();
  assert.deepEqual(called("channels.logout"), [{ channel: "telegram", accountId: "home" }]);
});

test("people who ask appear at once and are let in, made owner, or dismissed", async () => {
  await enter();
  await openChannels();
  channels.ask("5151", "Cleo", "AAAA2222");
  await page.getByText("Cleo asks to be let in on Telegram.").first().waitFor();
  await page.getByText("AAAA-2222").waitFor();
  await page.getByRole("button", { name: "Approve Ben Okafor" }).click();
  await page.locator(".person.admitted", { hasText: "Ben Okafor" }).waitFor();
  await page.getByRole("button", { name: "Approve as owner… Cleo" }).click();
  await page.getByRole("dialog", { name: "Make Cleo an owner?" }).getByRole("button", { name: "Approve as owner" }).click();
  await page.locator(".person.admitted", { hasText: "Cleo" }).getByText("Owner").waitFor();
  assert.deepEqual(called("channels.pairing.approve"), [
    { channel: "telegram", code: "K7QX2M9P" },
    { channel: "telegram", code: "AAAA2222", owner: true },
  ]);
  channels.ask("6161", "Dora", "BBBB3333");
  await page.getByRole("button", { name: "Dismiss Dora" }).click();
  await page.getByRole("heading", { name: "Waiting to be let in" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Dismiss… Ben Okafor" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click();
  await page.locator(".person.admitted", { hasText: "Ben Okafor" }).waitFor({ state: "detached" });
  assert.deepEqual(called("channels.pairing.dismiss").map(({ senderId }) => senderId), ["6161", "4242"]);
});

test("what was not delivered is tried again, or dropped after a question", async () => {
  await enter();
  await openChannels();
  const letter = page.locator(".letter");
  await letter.getByText("The bot was removed from the group.").waitFor();
  await letter.getByText("Part 1 of 2, tried 4 times.").waitFor();
  const [part] = channels.parts;
  await page.getByRole("button", { name: "Retry message 17" }).click();
  await page.getByText("Nothing lies here").waitFor();
  channels.parts = [part];
  channels.change("default", { state: "live", dead: 1 });
  await page.getByRole("button", { name: "Drop… message 17" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drop", exact: true }).click();
  await page.getByText("Nothing lies here").waitFor();
  assert.deepEqual([called("outbox.retry"), called("outbox.drop")], [[{ no: 17 }], [{ no: 17 }]]);
});

test("a conversation shows where it comes from, and its messages lead to their trace", async () => {
  await enter();
  await page.locator("nav .row", { hasText: "Discord · Harbour crew" }).click();
  await page.locator("header").getByText("Discord · Harbour crew").waitFor();
  await page.getByText("At half past nine.").waitFor();
  await page.getByRole("button", { name: "Trace this message" }).last().click();
  await page.getByRole("heading", { name: "Where did my message go?" }).waitFor();
  await page.locator(".step", { hasText: "Message 1 of 2: given up" }).waitFor();
  await until(page, () => document.activeElement?.id === "trace-title");
  // The field is filled after the drawing, and must not be filled again over what is typed next.
  await drawn(page);
  assert.equal(await page.getByRole("textbox", { name: "Id of a message or of a run" }).inputValue(), "r9");
  assert.match(await page.locator(".outcome").textContent(), /Not delivered/);
  await page.getByRole("textbox", { name: "Id of a message or of a run" }).fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing is known of “nobody”.").waitFor();
  await page.goBack();
  await page.getByText("At half past nine.").waitFor();
  await page.locator("nav .row", { hasText: "Main conversation" }).click();
  await until(page, () => !document.querySelector("main .origin"));
});

test("the view survives a reload, and Back leads out of it", async () => {
  await enter();
  await openChannels();
  await page.reload();
  await page.getByRole("heading", { name: "Channels", level: 1 }).waitFor();
  assert.equal(page.url(), `${site.origin}/`);
  await page.goBack();
  await page.getByRole("textbox", { name: "Message" }).waitFor();
});

test("the whole page by keyboard alone", async () => {
  await enter();
  await focusByTab(page.getByRole("navigation").getByRole("button", { name: /^Channels/ }));
  await page.keyboard.press("Enter");
  await until(page, () => document.activeElement?.textContent === "Channels");
  await focusByTab(page.getByRole("button", { name: "Approve Ben Okafor" }));
  await page.keyboard.press("Enter");
  await page.locator(".person.admitted", { hasText: "Ben Okafor" }).waitFor();
  await focusByTab(page.getByRole("button", { name: "Log out… Slack, Work" }));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await until(page, () => document.activeElement?.getAttribute("aria-label") === "Log out… Slack, Work");
  await focusByTab(page.getByRole("textbox", { name: "Id of a message or of a run" }));
  await page.keyboard.type("811");
  await page.keyboard.press("Enter");
  await page.getByText("1 way found").waitFor();
});

async function focusByTab(target) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail("Tab never reached it");
}

test("without a channel the page says how to add one", async () => {
  channels.accounts = [];
  channels.requests = [];
  await enter();
  await page.getByRole("navigation").getByRole("button", { name: "Channels" }).click();
  await page.getByText("tidegate channels add telegram").waitFor();
  await accessible(page, "no channel");
  await picture(page, "channels-none");
});

test("a gateway that knows no channels is told of in a sentence", async () => {
  gateway.answers.set("channels.status", () => ({ error: { code: "INVALID_REQUEST", message: "unknown method" } }));
  await enter();
  await page.getByRole("navigation").getByRole("button", { name: /^Channels/ }).click();
  await page.getByText("The gateway did not tell: unknown method").waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1280, 1920]) {
    test(`the channels are accessible and fit: ${colorScheme}, ${width} px`, async () => {
      await fresh({ colorScheme, viewport: { width, height: 844 } });
      await enter();
      await openChannels();
      const name = `channels-${colorScheme}-${width}`;
      for (const fold of await page.getByText("Last changes").all()) await fold.click();
      await look(name);
      await page.getByRole("button", { name: "Trace message 17" }).click();
      await page.locator(".step").first().waitFor();
      await look(`${name}-trace`);
      await page.getByRole("button", { name: "Open conversation" }).click();
      await page.getByText("At half past nine.").waitFor();
      await look(`${name}-conversation`);
    });
  }
}

async function look(view) {
  await accessible(page, view);
  await noSidewaysScroll(page, view);
  await picture(page, view);
  if (!process.env.TIDEGATE_SCREENSHOTS || !view.startsWith("channels-") || view.includes("conversation")) return;
  const height = await page.evaluate(() => document.querySelector(".page-column").scrollHeight + 80);
  const { width } = page.viewportSize();
  await page.setViewportSize({ width, height });
  await picture(page, `${view}-whole`);
  await page.setViewportSize({ width, height: 844 });
}
