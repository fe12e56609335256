import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { connected, launch, profile, until } from "./support/browser.mjs";
import { Daemon } from "./support/daemon.mjs";
import { Device } from "./support/device.mjs";
import { Owner } from "./support/owner.mjs";

// Devices, nodes and approvals, the whole way: the real page, the real daemon, devices with keys of their own.

let browser;
let daemon;
let context;
let faults;
let page;
let devices;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  daemon = new Daemon();
  await daemon.start();
  devices = [];
  ({ context, faults } = await profile(browser));
  page = await context.newPage();
  await page.goto(daemon.link);
  await connected(page);
});
afterEach(async () => {
  assert.deepEqual(faults, []);
  devices.forEach((device) => device.leave());
  await context.close();
  await daemon.remove();
});

async function open(name) {
  await page.getByRole("navigation").getByRole("button", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

const press = (name) => page.getByRole("button", { name, exact: true }).click();
const card = (device) => page.locator(`[data-device="${device.id}"]`);
const dialog = () => page.getByRole("dialog");

/** Makes a setup code on the page, as a person does, and reads it off. */
async function setupCode(profileWord) {
  await open("Devices");
  await press("Add a device");
  await page.getByRole("radio", { name: new RegExp(`^${profileWord}`) }).check();
  await press("Make code");
  const code = await page.locator(".setup-code").textContent();
  await dialog().getByRole("button", { name: "Close" }).last().click();
  return code;
}

async function joined(profileWord, said) {
  const device = new Device(said);
  devices.push(device);
  await device.join(daemon.origin.replace("http", "ws"), await setupCode(profileWord));
  return device;
}

test("a device joins by a setup code, asks for more, is approved, and is signed out within a second", async () => {
  const terminal = await joined("Talk and decide", { name: "Boat terminal", scopes: ["operator.read"] });
  await card(terminal).getByText("Connected", { exact: true }).waitFor();
  await card(terminal).getByRole("heading", { name: "Boat terminal" }).waitFor();
  const { requestId } = await terminal.call("device.scopes.requestUpgrade", { scopes: ["operator.read", "operator.admin"] });
  const request = page.locator(`[data-request="${requestId}"]`);
  await request.getByText("is known, and asks for more").waitFor();
  await request.getByText("change every setting").waitFor();
  assert.deepEqual(await request.locator(".right-kept .right-words").allTextContents(), ["read every conversation"]);
  const outcome = terminal.call("device.scopes.waitUpgrade", { requestId });
  await press("Approve Boat terminal");
  await press("Approve all of it");
  assert.equal((await outcome).status, "approved");
  await request.waitFor({ state: "detached" });
  await card(terminal).getByText("administer").first().waitFor();
  terminal.token = (await outcome).deviceToken;
  const closed = terminal.closed().then(({ code }) => ({ code, at: Date.now() }));
  await page.getByRole("button", { name: "Sign out… Boat terminal, operator" }).first().click();
  await dialog().locator(".ends").waitFor();
  assert.equal(await page.locator(".lockout").count(), 0, "this browser may administer too");
  await page.evaluate(() => addEventListener("click", () => { globalThis.pressedAt = Date.now(); }, { capture: true, once: true }));
  await press("Sign out");
  const { code, at } = await closed;
  assert.equal(code, 1008);
  assert.ok(at - (await page.evaluate(() => globalThis.pressedAt)) < 2_000);
  await card(terminal).getByText("revoked").waitFor();
  await assert.rejects(terminal.join(daemon.origin.replace("http", "ws")));
});

test("a rejected device gets nothing; a setup code works once", async () => {
  const code = await setupCode("Talk and decide");
  const url = daemon.origin.replace("http", "ws");
  const first = new Device({ name: "First", scopes: ["operator.read"] });
  const second = new Device({ name: "Second", scopes: ["operator.read"] });
  devices.push(first, second);
  await first.join(url, code);
  await assert.rejects(second.join(url, code));
  const { requestId } = await first.call("device.scopes.requestUpgrade", { scopes: ["operator.admin"] });
  await press("Reject First");
  const { status } = await first.call("device.scopes.waitUpgrade", { requestId });
  assert.equal(status, "rejected");
});

test("names, trust and removal are kept by the gateway", async () => {
  const terminal = await joined("Talk and decide", { name: "Boat terminal", scopes: ["operator.read"] });
  await press("Rename… Boat terminal");
  await page.getByRole("textbox", { name: "What you call it" }).fill("Galley");
  await press("Save");
  await press("Trust… Galley");
  await page.getByRole("radio", { name: /^Trusted/ }).check();
  await press("Save");
  await dialog().waitFor({ state: "detached" });
  await page.reload();
  await connected(page);
  await card(terminal).getByRole("heading", { name: "Galley" }).waitFor();
  await card(terminal).getByText("Trusted", { exact: true }).waitFor();
  await press("Remove… Galley");
  const closed = terminal.closed();
  await press("Remove");
  assert.equal((await closed).code, 1008);
  await card(terminal).waitFor({ state: "detached" });
});

test("whoever signs the own browser out comes back by a fresh link", async () => {
  await open("Devices");
  const own = page.locator(".card", { hasText: "This browser" });
  await own.waitFor();
  await own.getByRole("button", { name: /^Sign out…/ }).click();
  await dialog().getByText("this page will close on you").waitFor();
  await dialog().getByRole("checkbox").check();
  await press("I know, do it");
  await page.getByRole("heading", { name: "Connect this browser" }).waitFor();
  await page.goto(daemon.freshLink());
  await connected(page);
  await open("Devices");
  await own.getByText("Connected", { exact: true }).waitFor();
});

test("this browser renews its own key and stays", async () => {
  await open("Devices");
  const own = page.locator(".card", { hasText: "This browser" });
  await own.getByRole("button", { name: /^Renew key…/ }).click();
  await press("Renew key");
  await until(page, () => !document.querySelector("dialog"));
  await connected(page);
  await page.reload();
  await connected(page);
  await own.getByText("Connected", { exact: true }).waitFor();
});

test("a node joins, is listed with what it may do, and answers a command", async () => {
  const node = await joined("Offer commands", {
    name: "Workshop", role: "node", mode: "node", clientId: "node-host", caps: ["system"], commands: ["system.which", "system.notify", "camera.snap"],
  });
  node.serve((command, params) => ({ bins: Object.fromEntries(params.bins.map((name) => [name, `/usr/bin/${name}`])) }));
  await open("Nodes");
  const row = page.locator(`[data-node="${node.id}"]`);
  await row.getByText("Live").waitFor();
  assert.deepEqual(await row.locator(".blocked li").allTextContents(), ["camera.snap"]);
  await press("Send a command… Workshop");
  await page.getByRole("combobox", { name: "Command" }).selectOption("system.which");
  await page.getByRole("textbox", { name: /What it takes/ }).fill('{"bins":["git"]}');
  await press("Send");
  await dialog().getByText('"git": "/usr/bin/git"').waitFor();
  await dialog().getByRole("button", { name: "Close" }).first().click();
  node.leave();
  await row.getByText("Away").waitFor();
  await press("Send a command… Workshop");
  await page.getByRole("combobox", { name: "Command" }).selectOption("system.notify");
  await press("Let it wait");
  await dialog().getByText("The command waits for it.").waitFor();
  await dialog().getByRole("button", { name: "Close" }).first().click();
  await press("Cancel system.notify");
  await page.getByText("The command was cancelled.").first().waitFor();
});

test("T17: what a node offers beyond what was approved is shown as new, and is sent once it is approved", async () => {
  const node = await joined("Offer commands", { name: "Workshop", role: "node", mode: "node", clientId: "node-host", caps: ["system"], commands: ["system.which"] });
  node.leave();
  node.offer(["system.which", "system.run", "camera.snap"]);
  await node.join(daemon.origin.replace("http", "ws"));
  await open("Nodes");
  const row = page.locator(`[data-node="${node.id}"]`);
  await row.getByText("Not approved yet").waitFor();
  assert.deepEqual(await row.locator(".unapproved li").allTextContents(), ["system.run"]);
  await press("Look at the request Workshop");
  const request = page.locator("[data-request]", { hasText: "Workshop" });
  await request.getByText("Commands: what would change").waitFor();
  const changes = await request.locator(".offered li").evaluateAll((rows) => rows.map((one) => [one.className, one.dataset.command]));
  assert.deepEqual(changes, [["right-gained", "camera.snap"], ["right-gained", "system.run"], ["right-kept", "system.which"]]);
  await request.locator('[data-command="system.run"]').getByText("runs programs").waitFor();
  await press("Approve Workshop");
  await request.waitFor({ state: "detached" });
  await open("Nodes");
  await row.locator(".program").getByText("system.run").waitFor();
  assert.equal(await row.locator(".unapproved").count(), 0);
});

test("a node and its device have one name, whichever page gives it", async () => {
  const node = await joined("Offer commands", { name: "Workshop", role: "node", mode: "node", clientId: "node-host", caps: [], commands: ["system.which"] });
  await open("Nodes");
  await press("Rename… Workshop");
  await page.getByRole("textbox", { name: "What you call it" }).fill("Boathouse");
  await press("Save");
  await page.locator(`[data-node="${node.id}"]`).getByRole("heading", { name: "Boathouse" }).waitFor();
  await open("Devices");
  await press("Rename… Boathouse");
  await page.getByRole("textbox", { name: "What you call it" }).fill("Slipway");
  await press("Save");
  await card(node).getByRole("heading", { name: "Slipway" }).waitFor();
  await open("Nodes");
  await page.locator(`[data-node="${node.id}"]`).getByRole("heading", { name: "Slipway" }).waitFor();
});

test("what is allowed for ever is shown, and asked about again once it is forgotten", async () => {
  const owner = await Owner.of(daemon);
  const entry = { pattern: "/usr/bin/true", sha256: "07".repeat(32), argv: ["true", "x"], cwd: "/tmp" };
  const { hash } = await owner.call("exec.approvals.get");
  await owner.call("exec.approvals.set", { file: { version: 1, defaults: { ask: "always" }, agents: { main: { allowlist: [entry] } } }, baseHash: hash });
  await open("Approvals");
  await page.locator('[data-agent="main"]').getByText("You are asked every time").waitFor();
  await press("Forget… /usr/bin/true");
  await press("Ask again");
  await page.getByText("Nothing is allowed for ever yet.").waitFor();
  await press("Change… Agent main");
  await dialog().getByRole("group", { name: "What may run" }).getByRole("radio", { name: /^Nothing/ }).check();
  const other = await owner.call("exec.approvals.get");
  await owner.call("exec.approvals.set", { file: { ...other.file, defaults: { ask: "always", security: "full" } }, baseHash: other.hash });
  await press("Save");
  await dialog().getByText("somebody changed the rules meanwhile").waitFor();
  await press("Save");
  await page.locator('[data-agent="main"]').getByText("Nothing runs at all.").waitFor();
  const { file } = await owner.call("exec.approvals.get");
  owner.close();
  assert.deepEqual([file.defaults, file.agents.main], [{ ask: "always", security: "full" }, { security: "deny" }]);
});

test("a command that waits is shown at once, whole, and what is decided arrives where it was asked", async () => {
  const terminal = await joined("Talk and decide", { name: "Boat terminal", scopes: ["operator.read", "operator.approvals"] });
  const ask = (argv) => terminal.call("exec.approval.request", { commandArgv: argv, cwd: "/srv/tide", host: "gateway", timeoutMs: 60_000 });
  const allowed = ask(["printf", "a\u202eb", "two  blanks"]);
  await page.getByText("A command waits for your decision.").first().waitFor();
  await page.keyboard.press("Alt+KeyA");
  await dialog().getByRole("heading", { name: "May this run?" }).waitFor();
  assert.deepEqual(await dialog().locator(".asked-arguments code").allTextContents(), ["printf", "a\\u{202e}b", "two␣␣blanks"]);
  await dialog().getByText("/srv/tide").first().waitFor();
  await press("Allow once");
  assert.equal((await allowed).decision, "allow-once");
  await dialog().waitFor({ state: "detached" });
  const denied = ask(["reboot"]);
  await press("Review");
  await until(page, () => document.activeElement?.classList.contains("asked-scroller"));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await until(page, () => document.activeElement?.textContent === "Deny");
  await page.keyboard.press("Enter");
  assert.equal((await denied).decision, "deny", "the first key that is pressed in haste decides nothing");
  await open("Approvals");
  await page.locator('[data-outcome="allow-once"]').waitFor();
  await page.locator('[data-outcome="deny"]').getByText("by this browser").waitFor();
  // What was decided is the gateway's to know: it stands there after a restart, for every browser.
  await daemon.stop();
  await daemon.start();
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await connected(page);
  await page.locator('[data-outcome="allow-once"]').getByText("printf").first().waitFor();
  await page.locator('[data-outcome="deny"]').getByText("by this browser").waitFor();
});
