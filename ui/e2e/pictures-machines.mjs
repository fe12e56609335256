import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answers, connected, launch, profile, settled, until, write } from "./support/browser.mjs";
import { Daemon } from "./support/daemon.mjs";
import { Device } from "./support/device.mjs";
import { ModelServer } from "./support/model-server.mjs";
import { Owner } from "./support/owner.mjs";

// Makes the pictures of devices, nodes, approvals and the canvas: the real page, the real daemon.

const FOLDER = process.env.TIDEGATE_SCREENSHOTS ?? fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const MAIN = "agent:main:main";
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const SYNC = ["rsync", "-a", "--delete", "photos/", "harbour:/srv/photos\u200b"];

const TIDES = `<!doctype html><meta charset="utf-8"><title>Tides</title>
<style>
  body { margin: 0; padding: 2rem; font: 16px/1.5 system-ui, sans-serif; color: #12262c; background: #f4f9f9; }
  h1 { margin: 0 0 .25rem; font-size: 1.5rem; } p { margin: 0 0 1.5rem; color: #4f666c; }
  svg { width: 100%; height: auto; } .sea { fill: #bfe3e1; } .line { fill: none; stroke: #0b626c; stroke-width: 3; }
  .gate { fill: #c58a1b33; } text { font: 600 13px system-ui, sans-serif; fill: #12262c; }
  table { width: 100%; margin-top: 1.5rem; border-collapse: collapse; } td, th { padding: .5rem 0; border-top: 1px solid #d5dfde; text-align: left; }
</style>
<h1>Saturday at the gate</h1><p>Closed from 08:10 to 10:40</p>
<svg viewBox="0 0 480 200"><rect class="gate" x="150" y="0" width="75" height="200"/>
<path class="sea" d="M0 150C60 150 90 30 180 30s120 140 190 140 90-60 110-80V200H0Z"/><path class="line" d="M0 150C60 150 90 30 180 30s120 140 190 140 90-60 110-80"/>
<text x="140" y="22">09:24, 11.9 m</text><text x="330" y="192">15:37, 1.2 m</text></svg>
<table><tr><th>Port</th><th>High water</th><th>Range</th></tr><tr><td>Saint-Malo</td><td>07:42</td><td>12.3 m</td></tr><tr><td>Bristol</td><td>08:15</td><td>11.9 m</td></tr></table>`;

const models = new ModelServer();
models.script = async function* ({ messages }) {
  const { role, content } = messages.at(-1);
  if (role === "tool") return yield { text: "The photos are at the harbour: 214 files, nothing left behind." };
  if (String(content).includes("photos")) {
    yield { text: "I copy them to the harbour now." };
    return yield { tool: "exec", input: { command: ["cp", "--recursive", "photos", "/mnt/harbour"] } };
  }
  yield { text: "High water is at **09:24**. I put the day beside this: the gate stays closed from 08:10 to 10:40." };
};
await models.start();
const daemon = new Daemon();
daemon.configure(models.config);
await daemon.start();
const url = daemon.origin.replace("http", "ws");
const owner = await Owner.of(daemon);
const browser = await launch();
mkdirSync(FOLDER, { recursive: true });
const { context } = await profile(browser, { deviceScaleFactor: 2, viewport: WIDE });
const page = await context.newPage();
await page.goto(daemon.link);
await connected(page);

async function take(name) {
  await page.evaluate(() => document.activeElement?.blur());
  await until(page, () => !document.querySelector(".notice"));
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
}

/** The same in the other light, and on a phone. */
async function takeAll(name) {
  await take(name);
  await page.emulateMedia({ colorScheme: "dark" });
  await take(`${name}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
  const before = page.viewportSize();
  await page.setViewportSize(PHONE);
  await take(`${name}-phone`);
  await page.setViewportSize(before);
}

async function open(name) {
  await page.getByRole("navigation").getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

async function joined(profileWord, said, picture) {
  await open("Devices");
  await page.getByRole("button", { name: "Add a device" }).click();
  await page.getByRole("radio", { name: new RegExp(`^${profileWord}`) }).check();
  await page.getByRole("button", { name: "Make code" }).click();
  const code = await page.locator(".setup-code").textContent();
  if (picture) await take(picture);
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  const device = new Device(said);
  await device.join(url, code);
  return device;
}

// The canvas beside the conversation.
await write(page, "When is high water on Saturday?");
await answers(page).getByText("High water is at").waitFor();
await settled(page);
const { folder } = await owner.call("canvas.open", { sessionKey: MAIN });
await owner.call("canvas.present", { sessionKey: MAIN });
writeFileSync(join(folder, "index.html"), TIDES, { mode: 0o600 });
await page.frameLocator("iframe").getByRole("heading", { name: "Saturday at the gate" }).waitFor();
await until(page, () => !document.querySelector(".canvas-coming"));
await take("canvas");
await page.getByRole("button", { name: "Close canvas" }).click();

// Devices and nodes.
await page.setViewportSize({ width: 1280, height: 1040 });
const node = await joined("Offer commands", {
  name: "Workshop machine", role: "node", mode: "node", clientId: "node-host", caps: ["canvas", "system"],
  commands: ["canvas.present", "canvas.hide", "system.run", "system.which", "system.notify", "camera.snap"],
}, "setup-code");
node.serve((command, params) => (command === "system.which" ? { bins: Object.fromEntries(params.bins.map((name) => [name, `/usr/bin/${name}`])) } : {}));
const phone = await joined("Talk and decide", {
  name: "Ana’s phone", scopes: ["operator.read", "operator.write", "operator.approvals"], platform: "ios", mode: "ui", clientId: "openclaw-ios",
});
await phone.call("device.scopes.requestUpgrade", { scopes: ["operator.read", "operator.write", "operator.approvals", "operator.admin"] });
await page.locator("[data-request]").waitFor();
await takeAll("devices");
await page.getByRole("button", { name: /^Reject/ }).click();
await open("Nodes");
await page.locator(`[data-node="${node.id}"]`).waitFor();
await page.getByRole("button", { name: "Send a command… Workshop machine" }).click();
await page.getByRole("combobox", { name: "Command" }).selectOption("system.which");
await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
await page.getByRole("dialog").getByText("/usr/bin/git").waitFor();
await page.setViewportSize(WIDE);
await take("node-command");
await page.keyboard.press("Escape");
await takeAll("nodes");

// A command that waits: in the conversation, as a question, among the rules and what was decided.
await page.locator("nav .row").first().click();
await write(page, "Copy my photos to the harbour, please.");
await page.locator(".tool-asks").getByRole("button", { name: "Review" }).waitFor();
await take("tool-waits");
await page.locator(".tool-asks").getByRole("button", { name: "Review" }).click();
await page.getByRole("dialog").getByRole("button", { name: "Deny" }).click();
await answers(page).getByText("The photos are").waitFor();
const { hash, file } = await owner.call("exec.approvals.get");
const git = { pattern: "/usr/bin/uptime", sha256: "07".repeat(32), argv: ["uptime", "--pretty"], cwd: "/home/ana/harbour", addedAt: Date.now() - 3 * 86_400_000, lastUsedAt: Date.now() - 3_600_000 };
await owner.call("exec.approvals.set", { file: { ...file, agents: { main: { allowlist: [git] } } }, ...(hash ? { baseHash: hash } : {}) });
void phone.call("exec.approval.request", { commandArgv: SYNC, cwd: "/home/ana/harbour", host: "gateway", env: { RSYNC_RSH: "ssh" } }).catch(() => undefined);
await page.getByRole("button", { name: /^Review/ }).waitFor();
await open("Approvals");
await page.getByRole("heading", { name: "Allowed for ever" }).waitFor();
await takeAll("approvals");
await page.getByRole("button", { name: /^Review/ }).first().click();
await until(page, () => [...document.querySelectorAll("dialog button")].some((one) => one.textContent === "Allow once" && !one.disabled)).catch(() => undefined);
await takeAll("approval");

phone.leave();
node.leave();
owner.close();
await browser.close();
models.stop();
await daemon.remove();
