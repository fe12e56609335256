import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answers, connected, launch, profile, settled, until, write } from "./support/browser.mjs";
import { Daemon } from "./support/daemon.mjs";
import { gate, ModelServer } from "./support/model-server.mjs";

// Makes the pictures of docs/screenshots: the real page, the real daemon, a played model.

const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

const THOUGHT =
  "They want the next high water from a list of heights. Sort nothing: the list is in order of time. " +
  "A peak is a height that both neighbours stay below. Take the first one after now.";

const CODE = `A high water is a height that both of its neighbours stay below, so three in a row are enough:

\`\`\`rust
/// The first peak after \`now\`; none if the list ends before it.
fn next_high_water(tide: &[Sample], now: Time) -> Option<&Sample> {
    tide.windows(3)
        .map(|three| (&three[0], &three[1], &three[2]))
        .find(|(before, peak, after)| {
            peak.at > now && peak.metres > before.metres && peak.metres >= after.metres
        })
        .map(|(_, peak, _)| peak) // samples every 10 minutes
}
\`\`\`

It reads the list once and copies nothing.`;

const TABLE = `Three ports to compare, all for **Saturday**:

| Port | High water | Range |
|---|:---:|---:|
| Saint-Malo | 07:42 | 12.3 m |
| Bristol | 08:15 | 11.9 m |
| Hamburg | 05:03 | 3.7 m |

Saint-Malo needs the gate closed *longest*: roughly from 06:10 to 09:20. Shall I put that into your calendar?`;

const SAID = {
  "Which ports have the largest tides on Saturday?": [TABLE],
  "How do I find the next high water in a list of heights?": [CODE, THOUGHT],
  "Draft a note to the harbour office": ["> Dear harbour office,\n>\n> we shall pass the gate on Saturday at half past nine."],
  "Read yesterday's log for me": ["Quiet: two openings, no alarm, and the pump ran for eleven minutes."],
};

const models = new ModelServer();
const hold = gate();
models.script = async function* ({ messages }) {
  const asked = messages.at(-1).content;
  const [text, thinking] = SAID[asked] ?? [""];
  if (thinking) yield { thinking };
  if (text) yield { text };
  else await hold.opened;
};

async function begin(page, text) {
  await page.getByRole("button", { name: "New conversation" }).first().click();
  await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  await write(page, text);
  await answers(page).first().waitFor();
  await settled(page);
  await until(page, (title) => document.querySelector(".row-title")?.textContent === title, text);
}

async function take(page, name) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: "disabled" });
}

const sharp = { deviceScaleFactor: 2 };
mkdirSync(FOLDER, { recursive: true });
await models.start();
const daemon = new Daemon();
daemon.configure(models.config);
await daemon.start();
const browser = await launch();

const desk = await profile(browser, { ...sharp, viewport: { width: 1280, height: 800 } });
const page = await desk.context.newPage();
await page.goto(daemon.link);
await connected(page);
for (const text of Object.keys(SAID).reverse()) await begin(page, text);
await take(page, "conversation-light");
await page.emulateMedia({ colorScheme: "dark" });
await take(page, "conversation-dark");
await page.locator(".row", { hasText: "How do I find" }).click();
await page.getByText("Thoughts").click();
await take(page, "thinking-dark");
await page.emulateMedia({ colorScheme: "light" });
await page.getByRole("button", { name: /Connection: Connected/ }).click();
await page.getByRole("dialog").getByText("All good").waitFor();
await take(page, "details");
await page.keyboard.press("Escape");

await page.setViewportSize({ width: 390, height: 844 });
await page.locator(".scroller").evaluate((box) => { box.scrollTop = 0; });
await until(page, () => document.querySelector(".scroller").scrollTop === 0);
await take(page, "phone");

const stranger = await profile(browser, { ...sharp, viewport: { width: 1280, height: 800 } });
const door = await stranger.context.newPage();
await door.goto(daemon.origin);
await door.getByRole("heading", { name: "Connect this browser" }).waitFor();
await take(door, "connect");

hold.open();
await browser.close();
models.stop();
await daemon.remove();
