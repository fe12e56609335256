import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { answers, connected, launch, profile, until } from "./support/browser.mjs";
import { Daemon } from "./support/daemon.mjs";
import { ModelServer } from "./support/model-server.mjs";
import { TelegramServer } from "./support/telegram-server.mjs";

// Makes the pictures of channels: the real page, the real daemon, a Bot API server of others.

const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const ANSWER = `High water at the gate is at **09:24**, 11.9 m.

Keep it closed from 08:10 to 10:40; the next low water is at 15:37.`;

/** A port on which nobody listens. */
async function deadPort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function take(page, name) {
  await page.evaluate(() => document.activeElement?.blur());
  await until(page, () => !document.querySelector(".notice"));
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: "disabled" });
}

const models = new ModelServer();
models.script = async function* () {
  yield { text: ANSWER };
};
const telegram = new TelegramServer();
await Promise.all([models.start(), telegram.start()]);
const { telegram: home } = telegram.config.channels;
const harbour = { name: "Harbour office", botToken: { env: "HARBOUR_BOT_TOKEN" }, apiRoot: `http://127.0.0.1:${await deadPort()}` };
const daemon = new Daemon();
daemon.configure(
  { ...models.config, channels: { telegram: { ...home, required: true, accounts: { harbour: { ...harbour, required: false } } } } },
  { ...telegram.env, HARBOUR_BOT_TOKEN: "4343:another-token-for-tests" },
);
await daemon.start();
const browser = await launch();

mkdirSync(FOLDER, { recursive: true });
const { context } = await profile(browser, { deviceScaleFactor: 2, viewport: { width: 1280, height: 1040 } });
const page = await context.newPage();
await page.goto(daemon.link);
await connected(page);
await page.getByRole("navigation").getByRole("button", { name: /^Channels/ }).click();
await until(page, () => document.querySelector('[data-state="live"]') && document.querySelector('[data-state="backoff"]'));

await telegram.say(1001, "Ana", "hello");
await page.getByRole("button", { name: "Approve as owner… Ana" }).click();
await page.getByRole("dialog").getByRole("button", { name: "Approve as owner" }).click();
await page.locator(".person.admitted", { hasText: "Ana" }).waitFor();
await telegram.say(1001, "Ana", "When is high tide tomorrow, and how long must the gate stay closed?");
await page.locator("nav .row", { hasText: "Telegram · Ana" }).click();
await answers(page).first().waitFor();
await page.setViewportSize({ width: 1280, height: 800 });
await take(page, "conversation-origin");
await page.getByRole("button", { name: "Trace this message" }).first().click();
await page.locator(".step", { hasText: "the network has it" }).waitFor();
await take(page, "trace");

await page.setViewportSize({ width: 1280, height: 1040 });
await telegram.say(2002, "Ben", "may I come in?");
await page.getByRole("button", { name: "Approve Ben", exact: true }).waitFor();
await page.reload();
await connected(page);
await page.getByRole("button", { name: "Approve Ben", exact: true }).waitFor();
await until(page, () => document.querySelector(".next-try"));
await take(page, "channels");
await page.emulateMedia({ colorScheme: "dark" });
await take(page, "channels-dark");
await page.emulateMedia({ colorScheme: "light" });
await page.setViewportSize({ width: 390, height: 844 });
await page.locator(".scroller").evaluate((box) => { box.scrollTop = 0; });
await take(page, "channels-phone");

await browser.close();
models.stop();
await daemon.remove();
await telegram.remove();
