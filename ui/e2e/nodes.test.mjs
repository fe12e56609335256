import assert from "node:assert/strict";
import { test } from "node:test";
import { holds } from "./support/browser.mjs";
import { accessible, picture } from "./support/checks.mjs";
import { NODE, PHONE } from "./support/fake-machines.mjs";
import { Stage } from "./support/stage.mjs";

// The page of nodes, against a gateway that the test plays: every question.

const stage = Stage.set();

test("nodes say what they offer, what is refused and why; a command is sent by hand", async () => {
  await stage.enter();
  await stage.open("Nodes");
  const node = stage.page.locator(`[data-node="${NODE}"]`);
  await node.getByText("Live").waitFor();
  assert.deepEqual(await node.locator(".blocked li").allTextContents(), ["camera.snap", "file.write"]);
  await node.getByText("gateway.nodes.allowCommands").waitFor();
  await stage.press("Send a command… Workshop machine");
  const commands = stage.page.getByRole("combobox", { name: "Command" });
  await commands.waitFor();
  assert.deepEqual(await commands.locator("option").allTextContents(), ["canvas.present", "file.list", "system.execApprovals.get", "system.execApprovals.set", "system.which"]);
  await commands.selectOption("system.which");
  await stage.dialog().getByText("Where programs are.").waitFor();
  assert.deepEqual(JSON.parse(await stage.page.getByRole("textbox", { name: /What it takes/ }).inputValue()), { bins: ["git"] });
  await stage.page.getByRole("textbox", { name: /What it takes/ }).fill("[1]");
  await stage.press("Send");
  await stage.dialog().getByText("What a command takes is an object").waitFor();
  await stage.page.getByRole("textbox", { name: /What it takes/ }).fill('{"bins":["git"]}');
  await stage.press("Send");
  await stage.dialog().getByText('"git": "/usr/bin/git"').waitFor();
  await accessible(stage.page, "invoke");
  await picture(stage.page, "nodes-invoke");
  const [sent] = stage.called("node.invoke");
  assert.deepEqual([sent.nodeId, sent.command, sent.params, sent.timeoutMs], [NODE, "system.which", { bins: ["git"] }, 30_000]);
  assert.match(sent.idempotencyKey, /^page-[a-z0-9]{24}$/);
});

test("for a node that is away a command may wait, and be taken back", async () => {
  await stage.enter();
  await stage.open("Nodes");
  await stage.page.locator(`[data-node="${PHONE}"]`).getByText("Away").waitFor();
  await stage.page.getByText(/^sent 1 min ago, given up in/).waitFor();
  await stage.press("Send a command… Ana’s phone");
  const commands = stage.page.getByRole("combobox", { name: "Command" });
  await commands.waitFor();
  assert.deepEqual(await commands.locator("option").allTextContents(), [
    "canvas.a2ui.push", "canvas.a2ui.pushJSONL", "canvas.a2ui.reset", "canvas.hide", "canvas.navigate", "canvas.present", "system.notify",
  ]);
  await commands.selectOption("canvas.hide");
  await stage.dialog().getByText("It takes nothing.").waitFor();
  await commands.selectOption("system.notify");
  await accessible(stage.page, "invoke later");
  await picture(stage.page, "nodes-invoke-later");
  await stage.press("Let it wait");
  await stage.dialog().getByText("The node is away. The command waits for it.").waitFor();
  await stage.dialog().getByRole("button", { name: "Close" }).first().click();
  await stage.page.getByRole("button", { name: "Cancel system.notify" }).first().click();
  await stage.page.getByText("The command was cancelled.").first().waitFor();
  const [sent] = stage.called("node.invoke");
  assert.deepEqual([sent.queue, sent.params], [true, { title: "Tidegate", body: "Hello from your gateway" }]);
});

test("what was sent and what came of it stands on the card, also what failed", async () => {
  await stage.enter();
  await stage.open("Nodes");
  const node = stage.page.locator(`[data-node="${NODE}"]`);
  await node.getByText("show pages; read and write its files; look for programs, run them, and notify").waitFor();
  await node.getByText("recording the screen").waitFor();
  await node.getByText("Tell what is private").waitFor();
  await stage.press("Send a command… Workshop machine");
  const commands = stage.page.getByRole("combobox", { name: "Command" });
  await commands.selectOption("file.list");
  stage.gateway.answers.set("node.invoke", () => ({ error: { code: "UNAVAILABLE", message: "no such folder" } }));
  await stage.press("Send");
  await stage.dialog().getByText("It was not done: no such folder").waitFor();
  const params = stage.page.getByRole("textbox", { name: /What it takes/ });
  await params.fill("{");
  await stage.press("Use the example");
  await holds(async () => assert.equal(await params.inputValue(), '{\n  "path": ""\n}'));
  await stage.dialog().getByText("What can stand there").click();
  await stage.dialog().getByText("Which folder; the folders that are offered if absent.").waitFor();
  await accessible(stage.page, "invoke failed");
  await stage.page.keyboard.press("Escape");
  await node.getByText("Sent from this page (1)").click();
  await node.getByText("Not done", { exact: true }).waitFor();
  await node.getByText("It was not done: no such folder").waitFor();
  await accessible(stage.page, "sent");
  await picture(stage.page, "nodes-sent");
});

test("without a node the page leads to the code that adds one", async () => {
  stage.machines.nodes = [];
  stage.machines.queue = [];
  await stage.enter();
  await stage.open("Nodes");
  await stage.page.getByText("No node has joined yet").waitFor();
  await accessible(stage.page, "no node");
  await picture(stage.page, "nodes-none");
  await stage.press("Add a device");
  assert.equal(await stage.page.getByRole("radio", { name: /^Offer commands/ }).isChecked(), true);
});

test("what nobody has approved leads to the request", async () => {
  await stage.enter();
  await stage.open("Nodes");
  const node = stage.page.locator(`[data-node="${NODE}"]`);
  await node.getByText("Not approved yet").waitFor();
  assert.deepEqual(await node.locator(".unapproved li").allTextContents(), ["system.notify"]);
  await node.getByText("beyond what was approved").waitFor();
  await stage.press("Look at the request Workshop machine");
  await stage.page.getByRole("heading", { name: "Devices", level: 1 }).waitFor();
});

test("the rules that a node keeps are asked of it when they are looked at, and changed there", async () => {
  await stage.enter();
  await stage.open("Nodes");
  const node = stage.page.locator(`[data-node="${NODE}"]`);
  await node.getByText("Live").waitFor();
  assert.deepEqual(stage.called("exec.approvals.node.get"), []);
  await node.getByText("Its own rules for programs").click();
  await node.locator('[data-agent="main"]').getByText("You are asked every time").waitFor();
  await accessible(stage.page, "node rules");
  await picture(stage.page, "nodes-rules");
  await stage.press("Change… All agents");
  await stage.page.getByRole("radio", { name: /^Everything/ }).check();
  await stage.dialog().getByText("Any program, as the user of the node.").waitFor();
  await stage.dialog().getByText("This machine then runs whatever the gateway sends it.").waitFor();
  await stage.page.getByRole("radio", { name: /^Nothing/ }).check();
  await accessible(stage.page, "node rule sheet");
  await stage.press("Save");
  await stage.dialog().waitFor({ state: "detached" });
  await node.locator('[data-agent="defaults"]').getByText("Nothing runs at all.").waitFor();
  const [set] = stage.called("exec.approvals.node.set");
  assert.deepEqual([set.nodeId, set.file.defaults, set.file.agents], [NODE, { security: "deny" }, { main: { ask: "always" } }]);
  assert.deepEqual(stage.called("exec.approvals.set"), []);
});
