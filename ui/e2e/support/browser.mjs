import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const CANDIDATES = [process.env.CHROMIUM_BIN, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const DEADLINE_MS = 15_000;

export function launch() {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium found; set CHROMIUM_BIN");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/** A fresh browser profile. `faults` collects what must never happen: script errors and CSP breaches. */
export async function profile(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 }, locale: "en-GB", ...options });
  context.setDefaultTimeout(DEADLINE_MS);
  const faults = [];
  context.on("weberror", (event) => faults.push(event.error().message));
  context.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) faults.push(message.text());
  });
  return { context, faults };
}

/** Waits for a state of the page instead of sleeping. */
export function until(page, condition, argument) {
  return page.waitForFunction(condition, argument, { timeout: DEADLINE_MS });
}

/** Repeats a check until it holds: what it looks at may still be on its way. It gives what the check gives. */
export async function holds(check) {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((again) => setTimeout(again, 50));
  }
}

/** Waits until the page has drawn what it knows, and has done what it does after a drawing. */
export function drawn(page) {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
  return page.evaluate(frame);
}

export async function write(page, text) {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until no answer is being written and nothing of mine is under way. */
export function settled(page) {
  return until(page, () => !document.querySelector(".running, .pending"));
}

export function answers(page) {
  return page.locator(".turn.assistant:not(.running) .prose");
}

export function connected(page) {
  return until(page, () => document.documentElement.dataset.connection === "ready");
}
