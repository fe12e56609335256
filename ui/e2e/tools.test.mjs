import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { connected, holds, launch, profile } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { FakeGateway, MAIN } from "./support/fake-gateway.mjs";
import { serveDist } from "./support/static-server.mjs";

// Cards of tools: while they work, in the history, by keyboard, and with arguments that try to hide.

let browser;
let site;
let gateway;
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
beforeEach(async () => {
  ({ context, faults } = await profile(browser));
  gateway = new FakeGateway();
  await gateway.attach(context);
  page = await context.newPage();
});
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
});

async function enter() {
  await page.goto(`${site.origin}/#code=once`);
  await connected(page);
}

async function look(view) {
  await accessible(page, view);
  await noSidewaysScroll(page, view);
  await picture(page, `tools-${view}`);
}

function asks(id, command, runId = "r1") {
  const call = { type: "toolCall", id, name: "exec", arguments: { command, cwd: "/home/owner" } };
  const content = [{ type: "text", text: "I look at the disk." }, call];
  return { runId, content, stopReason: "toolUse" };
}

function tool(phase, id, more = {}) {
  const data = { phase, name: "exec", toolCallId: id, ...more };
  gateway.event("agent", { runId: "r1", sessionKey: MAIN, seq: 1, stream: "tool", ts: Date.now(), data });
}

const DISK = "It exited with code 0 after 0.1 s.\n--- stdout\n/dev/vda1  252G  98G  155G  39% /";

/** Cards of stored messages: one among the words being written moves there soon. */
function stored() {
  return page.locator(".turn:not(.running) details.tool");
}

function converse() {
  gateway.store("user", "How full is the disk?", { runId: "r1" });
  gateway.store("assistant", "", asks("c1", ["df", "-h", "/"]));
  gateway.store("toolResult", DISK, { runId: "r1", toolCallId: "c1", toolName: "exec", isError: false });
  gateway.store("assistant", "", asks("c2", ["rm", "-r", "/tmp/old\u202efdp.exe"]));
  gateway.store("toolResult", "a person denied it: do not try the same in another way", { runId: "r1", toolCallId: "c2", toolName: "exec", isError: true });
  gateway.store("assistant", "The disk is 39 % full. I did not delete anything.", { runId: "r1", stopReason: "stop" });
}

test("the history shows each call once, folded, with how it went", async () => {
  converse();
  await enter();
  const cards = page.locator("details.tool");
  await cards.nth(1).waitFor();
  assert.equal(await cards.count(), 2);
  assert.equal(await page.getByText("Tool result").count(), 0);
  assert.deepEqual(await page.locator(".tool-state").allInnerTexts(), ["Done", "Failed"]);
  assert.equal(await page.getByText("252G").isVisible(), false);
  await look("history");
});

test("a card opens by keyboard, and what hides in an argument is written out", async () => {
  converse();
  await enter();
  const summary = page.locator("details.tool summary").nth(1);
  await summary.focus();
  await page.keyboard.press("Enter");
  await page.getByText("a person denied it").waitFor();
  const shown = await page.locator("details.tool").nth(1).locator("dd").first().innerText();
  assert.ok(shown.includes("\\u{202e}"), shown);
  assert.ok(!shown.includes("\u202e"));
  await look("open");
});

test("a call is shown while it works, and its end replaces it", async () => {
  gateway.store("user", "How full is the disk?", { runId: "r1" });
  await enter();
  gateway.activeRun = { runId: "r1", text: "" };
  gateway.chat("r1", "delta", "I look at the disk.");
  gateway.store("assistant", "", asks("c1", ["df", "-h", "/"]));
  tool("start", "c1", { args: { command: ["df", "-h", "/"] } });
  const card = stored();
  await card.getByText("Running").waitFor();
  tool("update", "c1", { partialResult: "/dev/vda1" });
  await card.locator("summary").click();
  await card.getByText("/dev/vda1").waitFor();
  await look("working");
  gateway.store("toolResult", DISK, { runId: "r1", toolCallId: "c1", toolName: "exec", isError: false });
  tool("result", "c1", { isError: false, result: { content: [{ type: "text", text: DISK }] } });
  await card.getByText("Done").waitFor();
  assert.equal(await page.locator("details.tool").count(), 1);
  assert.equal(await page.getByText("I look at the disk.").count(), 1, "the words before it are there once");
});

test("a card that was opened while its call worked stays open in the history", async () => {
  gateway.store("user", "How full is the disk?", { runId: "r1" });
  await enter();
  gateway.activeRun = { runId: "r1", text: "" };
  gateway.chat("r1", "delta", "I look at the disk.");
  tool("start", "c1", { args: { command: ["df", "-h", "/"] } });
  await page.locator(".turn.running details.tool summary").click();
  await page.locator(".turn.running details.tool[open]").waitFor();
  gateway.store("assistant", "", asks("c1", ["df", "-h", "/"]));
  gateway.store("toolResult", DISK, { runId: "r1", toolCallId: "c1", toolName: "exec", isError: false });
  tool("result", "c1", { isError: false, result: { content: [{ type: "text", text: DISK }] } });
  await stored().getByText("Done").waitFor();
  await stored().getByText("252G").waitFor();
});

test("a call that waits for a person says so in the conversation, and leads to the question", async () => {
  gateway.store("user", "Delete the old files.", { runId: "r1" });
  let waiting = [];
  gateway.answers.set("exec.approval.list", () => waiting);
  gateway.answers.set("exec.approval.resolve", () => {
    waiting = [];
    return { ok: true };
  });
  await enter();
  gateway.activeRun = { runId: "r1", text: "" };
  gateway.chat("r1", "delta", "I delete them.");
  gateway.store("assistant", "", asks("c1", ["rm", "-r", "two words"]));
  tool("start", "c1", { args: { command: ["rm", "-r", "two words"] } });
  const card = stored();
  await card.getByText("Running").waitFor();
  const request = { command: "rm -r 'two words'", argv: ["rm", "-r", "two words"], lines: [], allowedDecisions: ["allow-once", "deny"], runId: "r1", agentId: "main" };
  waiting = [{ id: "q-1", request, createdAtMs: Date.now(), expiresAtMs: Date.now() + 60_000 }];
  gateway.event("exec.approval.requested", waiting[0]);
  await card.getByText("Waits for you").waitFor();
  await page.getByText("This runs only if you allow it.").waitFor();
  await card.locator("summary").click();
  assert.deepEqual(await card.locator(".tool-words > span").allTextContents(), ["rm", "-r", "two words"]);
  await look("asks");
  await page.locator(".tool-asks").getByRole("button", { name: "Review" }).click();
  await page.getByRole("dialog").getByRole("heading", { name: "May this run?" }).waitFor();
  await page.getByRole("button", { name: "Deny" }).click();
  gateway.event("exec.approval.resolved", { id: "q-1", decision: "deny", outcome: "deny", resolvedBy: "owner", ts: Date.now() });
  await card.getByText("Running").waitFor();
  assert.equal(await page.locator(".tool-asks").count(), 0);
});

test("what a tool brought can be copied", async () => {
  converse();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await enter();
  await page.locator("details.tool summary").first().click();
  await page.getByRole("button", { name: "Copy output" }).click();
  await holds(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()), DISK));
});
