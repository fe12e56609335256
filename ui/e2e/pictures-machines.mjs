import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connected, launch, profile, until } from "./support/browser.mjs";
import { Daemon } from "./support/daemon.mjs";
import { Device } from "./support/device.mjs";

// Makes the pictures of devices, nodes and approvals: the real page, the real daemon.

const FOLDER = process.env.TIDEGATE_SCREENSHOTS ?? fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

const daemon = new Daemon();
await daemon.start();
const url = daemon.origin.replace("http", "ws");
const browser = await launch();
mkdirSync(FOLDER, { recursive: true });
const { context } = await profile(browser, { deviceScaleFactor: 2, viewport: { width: 1280, height: 1040 } });
const page = await context.newPage();
await page.goto(daemon.link);
await connected(page);

async function take(name) {
  await page.evaluate(() => document.activeElement?.blur());
  await until(page, () => !document.querySelector(".notice"));
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: "disabled" });
}

async function open(name) {
  await page.getByRole("navigation").getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

async function join(profileWord, said, picture) {
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

const node = await join("Offer commands", {
  name: "Workshop machine", role: "node", mode: "node", clientId: "node-host", caps: ["canvas", "system"],
  commands: ["canvas.present", "canvas.hide", "system.run", "system.which", "system.notify", "camera.snap"],
}, "setup-code");
const phone = await join("Talk and decide", { name: "Ana’s phone", scopes: ["operator.read", "operator.write", "operator.approvals"], platform: "ios", mode: "ui", clientId: "openclaw-ios" });
await phone.call("device.scopes.requestUpgrade", { scopes: ["operator.read", "operator.admin"] });
await page.locator("[data-request]").waitFor();
await take("devices");
await page.emulateMedia({ colorScheme: "dark" });
await take("devices-dark");
await page.emulateMedia({ colorScheme: "light" });
await open("Nodes");
await page.locator(`[data-node="${node.id}"]`).waitFor();
await page.setViewportSize({ width: 1280, height: 800 });
await take("nodes");

void phone.call("exec.approval.request", {
  commandArgv: ["rsync", "-a", "--delete", "photos/", "harbour:/srv/photos\u200b"], cwd: "/home/ana/harbour", host: "gateway", env: { RSYNC_RSH: "ssh" },
}).catch(() => undefined);
await page.getByRole("button", { name: /^Review/ }).waitFor();
await open("Approvals");
await page.getByRole("button", { name: /^Review/ }).first().click();
await until(page, () => [...document.querySelectorAll("dialog button")].some((one) => one.textContent === "Allow once" && !one.disabled));
await take("approval");

phone.leave();
node.leave();
await browser.close();
await daemon.remove();
