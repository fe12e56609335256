import assert from "node:assert/strict";
import { test } from "node:test";
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
  assert.deepEqual(await node.locator(".refused li").allTextContents(), ["camera.snap", "file.write"]);
  await node.getByText("gateway.nodes.allowCommands").waitFor();
  await stage.press("Send a command… Workshop machine");
  const commands = stage.page.getByRole("combobox", { name: "Command" });
  await commands.waitFor();
  assert.deepEqual(await commands.locator("option").allTextContents(), ["canvas.present", "file.list", "system.which"]);
  await commands.selectOption("system.which");
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
  await stage.press("Send a command… Ana’s phone");
  await stage.page.getByRole("textbox", { name: "Command" }).fill("system.notify");
  await stage.press("Send");
  await stage.dialog().getByText("node not connected").waitFor();
  await stage.page.getByRole("checkbox").check();
  await stage.press("Send");
  await stage.dialog().getByText("The node is away. The command waits for it.").waitFor();
  await stage.dialog().getByRole("button", { name: "Close" }).first().click();
  await stage.page.getByRole("button", { name: "Cancel system.notify" }).first().click();
  await stage.page.getByText("The command was cancelled.").first().waitFor();
  assert.equal(stage.called("node.invoke")[1].queue, true);
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
