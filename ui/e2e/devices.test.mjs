import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, holds, until } from "./support/browser.mjs";
import { accessible, picture } from "./support/checks.mjs";
import { SILENCE } from "./support/fake-gateway.mjs";
import { OWN, PHONE } from "./support/fake-machines.mjs";
import { Stage } from "./support/stage.mjs";

// The page of devices, against a gateway that the test plays: every question.

const stage = Stage.set();
const device = (id) => stage.page.locator(`[data-device="${id}"]`);

/** A copy takes a moment after the press. */
function copied(text) {
  return holds(async () => assert.equal(await stage.page.evaluate(() => navigator.clipboard.readText()), text));
}

test("a request shows all that is asked; wide rights are asked about once more", async () => {
  await stage.enter();
  await stage.open("Devices");
  const wide = stage.page.locator('[data-request="r-wide"]');
  await wide.getByText("is known, and asks for more").waitFor();
  await wide.getByText("macos, Mac, cli").waitFor();
  await wide.getByText("192.168.1.20").waitFor();
  await wide.getByText("e5e5e5e5 e5e5e5e5").waitFor();
  assert.deepEqual(await wide.locator(".rights li").evaluateAll((rows) => rows.map((row) => row.querySelector(".sr-only").textContent + row.querySelector(".right-words").textContent)), [
    "New: change every setting, and do everything below",
    "New: let devices and people in, and put them out",
    "New: decide which programs your agent may run",
    "New: talk to your agents and send messages in your name",
    "As before: read every conversation",
    "No longer: answer what your agent asks",
  ]);
  await wide.getByText(/The request ends in 3:\d\d/).waitFor();
  await stage.press("Approve Ana’s laptop");
  await stage.dialog().getByText("Approve this only if you are setting up").waitFor();
  assert.equal(await stage.dialog().locator(".rights li").count(), 4, "what is new, and nothing else");
  await stage.dialog().getByText("Approve this only if you are setting up this device yourself, now.").waitFor();
  await accessible(stage.page, "wide");
  await picture(stage.page, "devices-wide");
  await stage.press("Cancel");
  await stage.dialog().waitFor({ state: "detached" });
  assert.deepEqual(stage.called("device.pair.approve"), []);
  await stage.press("Approve Ana’s laptop");
  await stage.press("Approve all of it");
  await stage.page.getByRole("heading", { name: "Ana’s laptop", exact: true }).waitFor();
  await wide.waitFor({ state: "detached" });
  await stage.press("Approve Harbour camera");
  await stage.page.locator('[data-request="r-node"]').waitFor({ state: "detached" });
  assert.deepEqual(stage.called("device.pair.approve"), [{ requestId: "r-wide" }, { requestId: "r-node" }]);
});

test("a node's request says what each command does and risks; of a known node, what of that is new", async () => {
  const offered = (request) => request.locator(".offered li").evaluateAll((rows) => rows.map((row) => row.textContent.replace(/\s+/g, " ").trim()));
  await stage.enter();
  await stage.open("Devices");
  const fresh = stage.page.locator('[data-request="r-node"]');
  await fresh.getByText("Commands that it could be sent").waitFor();
  const [camera, run, read, present] = await offered(fresh);
  assert.match(camera, /^camera\.snap .+\. dangerous$/);
  assert.match(run, /^system\.run Runs a program\. .+ runs programs$/);
  assert.match(read, /^file\.read .+\. tells what is private$/);
  assert.match(present, /^canvas\.present .+\.$/);
  await fresh.getByText("What the gateway does not allow is not sent to it").waitFor();
  stage.machines.request({ isRepair: true, commands: ["canvas.present", "system.run"], grantedCommands: ["canvas.present", "system.notify"] });
  const wider = stage.page.locator('[data-request="r-late"]');
  await wider.getByText("Commands: what would change").waitFor();
  const changes = (await offered(wider)).map((row) => row.split(" ").slice(0, 4).join(" "));
  assert.deepEqual(changes, ["+New: system.run Runs a", "=As before: canvas.present Shows", "−No longer: system.notify Shows"]);
  await accessible(stage.page, "offered");
  await picture(stage.page, "devices-offered");
});

test("a request appears at once with a mark in the list, and can be rejected", async () => {
  await stage.enter();
  const link = stage.page.getByRole("navigation").getByRole("button", { name: /^Devices/ });
  await link.getByText("2 devices wait for you").waitFor({ state: "attached" });
  await stage.open("Devices");
  stage.machines.request();
  await stage.page.getByText("Late lamp asks to be let in.").first().waitFor();
  await stage.press("Reject Late lamp");
  await stage.page.locator('[data-request="r-late"]').waitFor({ state: "detached" });
  assert.deepEqual(stage.called("device.pair.reject"), [{ requestId: "r-late" }]);
});

test("what this browser may not decide names the command that may", async () => {
  stage.gateway.answers.set("device.pair.approve", () => ({ error: { code: "FORBIDDEN", message: "missing scope: operator.admin", details: { code: "MISSING_SCOPE" } } }));
  await stage.enter();
  await stage.open("Devices");
  await stage.press("Approve Harbour camera");
  await stage.page.getByText("it lacks “operator.admin”").waitFor();
  await stage.page.getByText("tidegate devices approve r-node").waitFor();
});

test("by keyboard alone: a request is approved, a sheet is left, and the focus is where it was", async () => {
  await stage.enter();
  await stage.open("Devices");
  await until(stage.page, () => document.activeElement?.textContent === "Devices");
  await focusByTab(stage.page.getByRole("button", { name: "Approve Ana’s laptop" }));
  await stage.page.keyboard.press("Enter");
  await stage.dialog().waitFor();
  await until(stage.page, () => document.activeElement?.textContent === "Cancel");
  await stage.page.keyboard.press("Escape");
  await until(stage.page, () => document.activeElement?.getAttribute("aria-label") === "Approve Ana’s laptop");
  await focusByTab(stage.page.getByRole("button", { name: "Approve Harbour camera" }));
  await stage.page.keyboard.press("Enter");
  await stage.page.locator('[data-request="r-node"]').waitFor({ state: "detached" });
  await focusByTab(stage.page.getByRole("button", { name: "Trust… Ana’s phone" }));
  await stage.page.keyboard.press("Enter");
  await focusByTab(stage.page.getByRole("radio", { name: /^Trusted/ }));
  await stage.page.keyboard.press("ArrowUp");
  await stage.page.keyboard.press("Enter");
  await stage.dialog().waitFor({ state: "detached" });
  assert.deepEqual(stage.called("device.trust.set"), [{ deviceId: PHONE, trust: "verified" }]);
});

async function focusByTab(target) {
  for (let presses = 0; presses < 80; presses++) {
    await stage.page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail("Tab never reached it");
}

test("a browser that may not decide about devices is told why, and where it can be done", async () => {
  stage.gateway.answers.set("device.pair.list", () => ({ error: { code: "FORBIDDEN", message: "missing scope: operator.pairing" } }));
  await stage.enter();
  await stage.open("Devices");
  await stage.page.getByText("it lacks “operator.pairing”").waitFor();
  await stage.page.getByText("tidegate devices list").waitFor();
  await accessible(stage.page, "no right");
});

test("a request that was replaced says so, and the list is loaded again", async () => {
  stage.gateway.answers.set("device.pair.approve", () => ({ error: { code: "INVALID_REQUEST", message: "the request was replaced", details: { code: "STALE" } } }));
  await stage.enter();
  await stage.open("Devices");
  const before = stage.called("device.pair.list").length;
  await stage.press("Approve Harbour camera");
  await stage.page.getByText("The device asked for something else since.").waitFor();
  assert.ok(stage.called("device.pair.list").length > before);
});

test("a device is renamed, trusted, given a new key, signed out and removed", async () => {
  await stage.enter();
  await stage.open("Devices");
  await device(PHONE).getByText("Last use").waitFor();
  await device(PHONE).getByText("1 min ago").waitFor();
  await device(PHONE).getByText("192.168.1.33").waitFor();
  await device(PHONE).getByText("valid; ends in 50 d unless it is used").waitFor();
  await device(PHONE).getByText("Rights and identity").click();
  await device(PHONE).getByText("talk to your agents and send messages in your name").waitFor();
  await device(PHONE).getByText("b2b2b2b2 b2b2b2b2").waitFor();
  await stage.press("Rename… Ana’s phone");
  await stage.page.getByRole("textbox", { name: "What you call it" }).fill(" ");
  await stage.press("Save");
  await stage.dialog().getByText("Type a name first.").waitFor();
  await stage.page.getByRole("textbox", { name: "What you call it" }).fill("Pocket");
  await stage.page.keyboard.press("Enter");
  await stage.page.getByRole("heading", { name: "Pocket" }).waitFor();
  await stage.press("Trust… Pocket");
  await stage.dialog().getByText("Earlier changes").click();
  await stage.dialog().getByText("by Chromium on Linux, 30 d ago").waitFor();
  await stage.page.getByRole("radio", { name: /^Verified/ }).check();
  await stage.press("Save");
  await device(PHONE).getByText("Verified", { exact: true }).waitFor();
  await stage.press("Renew key… Pocket, operator");
  await stage.press("Renew key");
  await stage.dialog().getByText("fresh-token-of-the-device").waitFor();
  await stage.press("Copy");
  await copied("fresh-token-of-the-device");
  await stage.dialog().getByRole("button", { name: "Close" }).last().click();
  await stage.press("Sign out… Pocket, operator");
  await stage.dialog().locator(".ends").waitFor();
  assert.equal(await stage.dialog().locator(".lockout").count(), 0, "nobody is locked out by this");
  assert.deepEqual(await stage.dialog().locator(".ends li").allTextContents(), [
    "Its connection, within a second, and what it has open.", "Its rights: approve commands, write, read.",
  ]);
  await stage.press("Sign out");
  await device(PHONE).getByText("Not connected").waitFor();
  await stage.press("Remove… Pocket");
  await stage.press("Remove");
  await device(PHONE).waitFor({ state: "detached" });
  assert.deepEqual(stage.called("device.trust.set"), [{ deviceId: PHONE, trust: "verified" }]);
  assert.deepEqual(stage.called("device.token.revoke"), [{ deviceId: PHONE, role: "operator" }]);
});

test("this browser is marked, and before it signs itself out it is told the way back", async () => {
  await stage.enter();
  await stage.open("Devices");
  await device(OWN).getByText("This browser").waitFor();
  await stage.press("Sign out… Chromium on Linux, operator");
  const warning = stage.dialog().locator(".lockout");
  await warning.getByText("this page will close on you").waitFor();
  await warning.getByText("No other device that you have may administer this gateway.").waitFor();
  await warning.getByText("tidegate dashboard").waitFor();
  await accessible(stage.page, "lock-out");
  await picture(stage.page, "devices-lockout");
  const doIt = stage.page.getByRole("button", { name: "I know, do it" });
  assert.equal(await doIt.isDisabled(), true, "a press alone locks nobody out");
  await stage.dialog().getByRole("checkbox", { name: "I can get to that machine." }).check();
  await doIt.click();
  await stage.page.getByRole("heading", { name: "Connect this browser" }).waitFor();
  assert.equal(await stage.page.locator(".problem").count(), 0, "it is no error");
});

test("this browser takes its own new key and stays", async () => {
  await stage.enter();
  await stage.open("Devices");
  await stage.press("Renew key… Chromium on Linux, operator");
  await stage.dialog().getByText("This browser takes the new key at once").waitFor();
  const before = stage.gateway.calls.filter((method) => method === "connect").length;
  await stage.press("Renew key");
  await stage.page.getByText("This browser has a new key.").first().waitFor();
  await holds(() => assert.equal(stage.gateway.calls.filter((method) => method === "connect").length, before + 1));
  await connected(stage.page);
  await until(stage.page, () => !document.querySelector("dialog"));
});

test("a setup code is made for what was chosen, as text and as a picture, and runs out in sight", async () => {
  await stage.enter();
  await stage.open("Devices");
  await stage.press("Add a device");
  await stage.page.getByRole("radio", { name: /^Everything/ }).check();
  await stage.press("Make code");
  await stage.page.getByRole("img", { name: "The code as a picture" }).waitFor();
  await stage.dialog().getByText(/Works for another 9:\d\d/).waitFor();
  await stage.dialog().getByText("It is good for less than you chose").waitFor();
  await stage.dialog().getByText("on the gateway’s own machine only").waitFor();
  await accessible(stage.page, "setup");
  await picture(stage.page, "devices-setup");
  await stage.press("Copy code");
  await copied(await stage.page.locator(".setup-code").textContent());
  assert.deepEqual(stage.called("device.pair.setupCode"), [{}]);
  await stage.press("Make another code");
  await holds(() => assert.equal(stage.called("device.pair.setupCode").length, 2));
  await stage.page.locator(".qr").waitFor();
});

test("this browser throws its key away only after it was told what that means", async () => {
  await stage.enter();
  await stage.page.getByRole("button", { name: /Connection: Connected/ }).click();
  await stage.press("Disconnect this browser…");
  await stage.dialog().getByText("this page will close on you").waitFor();
  await stage.dialog().getByText("No other device that you have may administer this gateway.").waitFor();
  await stage.page.keyboard.press("Escape");
  await stage.dialog().waitFor({ state: "detached" });
  await until(stage.page, () => document.activeElement?.classList.contains("badge"));
  await stage.page.getByRole("button", { name: /Connection: Connected/ }).click();
  await stage.press("Disconnect this browser…");
  await stage.dialog().getByRole("checkbox").check();
  await stage.press("I know, do it");
  await stage.page.getByRole("heading", { name: "Connect this browser" }).waitFor();
});

test("while the gateway is away the lists stay and say that they may be old; they are loaded again when it is back", async () => {
  await stage.enter();
  await stage.open("Devices");
  await device(PHONE).waitFor();
  stage.gateway.away = true;
  stage.gateway.drop();
  await stage.page.getByText("What you see here is as it was when the connection was lost.").waitFor();
  await device(PHONE).waitFor();
  await accessible(stage.page, "away");
  await picture(stage.page, "devices-away");
  stage.machines.paired = stage.machines.paired.filter(({ deviceId }) => deviceId !== PHONE);
  // The page tries again by itself too: it finds the gateway only after the button is pressed.
  await stage.page.exposeFunction("pressed", () => { stage.gateway.away = false; });
  await stage.page.evaluate(() => addEventListener("click", () => globalThis.pressed(), { capture: true, once: true }));
  await stage.press("Retry now");
  await connected(stage.page);
  await device(PHONE).waitFor({ state: "detached" });
  assert.equal(await stage.page.locator(".stale").count(), 0);
});

test("before the gateway has told, the page says that it asks, and not that there is nothing", async () => {
  for (const method of ["device.pair.list", "node.list", "exec.approval.list", "exec.approval.history", "exec.approvals.get"]) {
    stage.gateway.answers.set(method, () => SILENCE);
  }
  await stage.enter();
  for (const [name, count] of [["Devices", 1], ["Nodes", 1], ["Approvals", 3]]) {
    await stage.open(name);
    await until(stage.page, (many) => document.querySelectorAll(".loading").length === many, count);
    await accessible(stage.page, `loading ${name}`);
    await picture(stage.page, `loading-${name.toLowerCase()}`);
  }
  assert.equal(await stage.page.getByText("Nothing waits for you.").count(), 0);
});
