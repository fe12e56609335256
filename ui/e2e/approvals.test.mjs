import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, until } from "./support/browser.mjs";
import { accessible, picture } from "./support/checks.mjs";
import { Stage } from "./support/stage.mjs";

// Commands that wait for a person, against a gateway that the test plays: every question.

const stage = Stage.set();

test("a command that waits is seen from every stage.page, whole, with nothing hidden in it", async () => {
  await stage.enter();
  stage.machines.ask("q-1", ["rm", "-rf", "a  b", "", "photo\\u{202e}gpj.exe"]);
  const bar = stage.page.getByRole("region", { name: "Waiting for your decision" });
  await bar.getByText("A command waits for your decision.").waitFor();
  await until(stage.page, () => document.title.startsWith("(1) "));
  for (const name of ["Channels", "Nodes"]) {
    await stage.open(name);
    await bar.waitFor();
  }
  await stage.page.keyboard.press("Alt+KeyA");
  await stage.dialog().getByRole("heading", { name: "May this run?" }).waitFor();
  await until(stage.page, () => document.activeElement?.classList.contains("asked-scroller"));
  assert.deepEqual(await stage.dialog().locator(".asked-arguments code").allTextContents(), ["rm", "-rf", "a␣␣b", "empty", "photo\\u{202e}gpj.exe"]);
  assert.equal(await stage.dialog().locator(".asked-arguments .hidden-sign").getAttribute("title"), "override: right to left");
  for (const text of ["/home/ana/harbour (inode 2 of device 1)", "TIDE=high", "the gateway's machine", "it is not in the allowlist", "07".repeat(32)]) {
    await stage.dialog().getByText(text).first().waitFor();
  }
  await stage.dialog().getByText(/Counts as “no” in 1:\d\d/).waitFor();
  await accessible(stage.page, "approval");
  await picture(stage.page, "approval");
  await stage.press("Allow once");
  await stage.dialog().waitFor({ state: "detached" });
  await bar.waitFor({ state: "detached" });
  assert.deepEqual(stage.called("exec.approval.resolve"), [{ id: "q-1", decision: "allow-once" }]);
});

test("a long command must be read to its end before it can be allowed; it can be denied at once", async () => {
  await stage.enter();
  stage.machines.ask("q-1", ["printf", ...Array.from({ length: 120 }, (_, index) => `argument-${index}`)]);
  await stage.press("Review");
  const once = stage.page.getByRole("button", { name: "Allow once" });
  await stage.dialog().getByText("Read to the end to be able to allow it.").waitFor();
  assert.equal(await once.isDisabled(), true);
  assert.equal(await stage.page.getByRole("button", { name: "Deny" }).isDisabled(), false);
  await stage.page.locator(".asked-scroller").focus();
  await stage.page.keyboard.press("End");
  await until(stage.page, () => [...document.querySelectorAll("dialog button")].some((one) => one.textContent === "Allow once" && !one.disabled));
  await stage.press("Always allow exactly this");
  await stage.dialog().waitFor({ state: "detached" });
  assert.deepEqual(stage.called("exec.approval.resolve"), [{ id: "q-1", decision: "allow-always" }]);
});

test("of several each is decided by itself, and what can only run once offers no more", async () => {
  await stage.enter();
  stage.machines.ask("q-1", ["git", "push"]);
  stage.machines.ask("q-2", ["sh", "-c", "date"], { allowedDecisions: ["allow-once", "deny"] });
  await stage.page.getByText("2 commands wait for your decision.").first().waitFor();
  await stage.press("Review");
  await stage.dialog().getByText("1 of 2").waitFor();
  await stage.press("Next");
  await stage.dialog().getByText("2 of 2").waitFor();
  await stage.dialog().locator(".asked-command", { hasText: "date" }).waitFor();
  assert.equal(await stage.page.getByRole("button", { name: "Always allow exactly this" }).count(), 0);
  await stage.press("Deny");
  await stage.dialog().locator(".asked-command", { hasText: "git push" }).waitFor();
  await stage.press("Deny");
  await stage.dialog().waitFor({ state: "detached" });
  assert.deepEqual(stage.called("exec.approval.resolve"), [{ id: "q-2", decision: "deny" }, { id: "q-1", decision: "deny" }]);
  await stage.open("Approvals");
  await stage.page.locator('[data-outcome="deny"]').nth(1).waitFor();
  await stage.page.getByText("by this browser").first().waitFor();
});

test("no key that was meant for something else decides; the focus stays in the sheet; Escape decides nothing", async () => {
  await stage.enter();
  stage.machines.ask("q-1", ["git", "push"]);
  stage.machines.ask("q-2", ["git", "pull"]);
  await stage.press("Review");
  const reads = () => until(stage.page, () => document.activeElement?.classList.contains("asked-scroller"));
  await reads();
  await until(stage.page, () => [...document.querySelectorAll("dialog button")].some((one) => one.textContent === "Allow once" && !one.disabled));
  for (const key of ["Enter", "Space", "KeyA", "KeyY", "Enter"]) await stage.page.keyboard.press(key);
  const met = new Set();
  for (let presses = 0; presses < 16; presses++) {
    await stage.page.keyboard.press("Tab");
    const at = await stage.page.evaluate(() => {
      const now = document.activeElement;
      return now.closest("dialog") ? now.textContent.trim() || now.getAttribute("aria-label") : now.tagName;
    });
    met.add(at.slice(0, 30));
  }
  // The page was asked many things since: what the keys had sent would be here.
  assert.deepEqual(stage.called("exec.approval.resolve"), []);
  for (const name of ["Deny", "Allow once", "Always allow exactly this", "Next", "Close"]) assert.ok(met.has(name), `${name} is reached`);
  assert.ok(![...met].some((one) => /^(Review|New conversation|Channels)/.test(one)), `nothing behind the sheet: ${[...met]}`);
  await stage.page.getByRole("button", { name: "Allow once" }).focus();
  await stage.page.keyboard.press("Enter");
  await stage.dialog().locator(".asked-command", { hasText: "git pull" }).waitFor();
  // The next question: the same key again must not decide about it.
  await reads();
  await stage.page.keyboard.press("Enter");
  await drawn(stage.page);
  assert.deepEqual(stage.called("exec.approval.resolve"), [{ id: "q-1", decision: "allow-once" }]);
  await stage.page.keyboard.press("Escape");
  await stage.dialog().waitFor({ state: "detached" });
  assert.equal(stage.called("exec.approval.resolve").length, 1);
  await stage.page.getByText("A command waits for your decision.").first().waitFor();
});

test("a script of many lines stands line by line, and long hashes break between their groups", async () => {
  await stage.fresh({ viewport: { width: 390, height: 844 } });
  await stage.enter();
  const script = "set -eu\\nfor gate in north south; do\\n\\tclose $gate\\ndone";
  stage.machines.ask("q-1", ["sh", "-c", script, "x".repeat(600)], { allowedDecisions: ["allow-once", "deny"] });
  await stage.press("Review");
  const argument = stage.dialog().locator(".asked-arguments code").nth(2);
  await argument.waitFor();
  assert.equal(await argument.locator("br").count(), 3);
  assert.equal(await argument.textContent(), script, "nothing is added to it");
  assert.equal(await stage.dialog().locator(".asked-warning").count(), 0, "line breaks alarm nobody");
  const wide = await stage.dialog().evaluate((box) => [...box.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > box.getBoundingClientRect().right + 1).length);
  assert.equal(wide, 0, "nothing stands out of the sheet");
  const alone = await stage.dialog().locator("dd", { hasText: "SHA-256" }).evaluate((box) => {
    const text = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    let last;
    while (text.nextNode()) last = text.currentNode;
    const range = document.createRange();
    range.selectNodeContents(last);
    return range.getBoundingClientRect().width;
  });
  assert.ok(alone > 7, "the bracket stands with the end of the hash");
  await picture(stage.page, "approval-script");
});

test("the last half minute is said, and a low window scrolls as a whole", async () => {
  await stage.fresh({ viewport: { width: 844, height: 390 } });
  await stage.enter();
  stage.machines.ask("q-1", ["git", "push"], {}, 29_000);
  await stage.press("Review");
  await stage.dialog().getByText(/Counts as “no” in 0:2\d/).waitFor();
  await stage.dialog().getByRole("status").getByText("Half a minute is left to decide.").waitFor({ state: "attached" });
  await stage.page.getByRole("button", { name: "Deny" }).scrollIntoViewIfNeeded();
  await accessible(stage.page, "approval low");
  await picture(stage.page, "approval-low");
  await stage.press("Deny");
  await stage.dialog().waitFor({ state: "detached" });
});

test("what ends elsewhere ends here, and the history is the gateway’s: another browser sees it, older ones by the page", async () => {
  await stage.enter();
  stage.machines.ask("q-1", ["git", "push"]);
  await stage.press("Review");
  await stage.dialog().locator(".asked-command").waitFor();
  stage.machines.end("q-1", "expired");
  await stage.dialog().getByText("Time over").waitFor();
  assert.equal(await stage.page.getByRole("button", { name: "Allow once" }).count(), 0);
  await stage.dialog().getByRole("button", { name: "Close" }).last().click();
  await stage.open("Approvals");
  await stage.page.reload();
  await stage.page.locator('[data-outcome="expired"]').waitFor();
  await stage.page.getByText("Nothing waits for you.").waitFor();
  for (let number = 0; number < 30; number++) {
    stage.machines.ask(`old-${number}`, ["ls", `folder-${number}`]);
    stage.machines.end(`old-${number}`, number % 2 ? "allow-once" : "withdrawn", number % 2 ? "owner" : null);
  }
  await stage.page.evaluate(() => localStorage.clear());
  await stage.page.reload();
  const rows = stage.page.locator("[data-outcome]");
  await stage.page.getByText(/by the owner, (just now|\d+ s ago), it ran/).first().waitFor();
  assert.equal(await rows.count(), 20);
  await stage.press("Show older ones");
  await until(stage.page, () => document.querySelectorAll("[data-outcome]").length === 31);
  assert.equal(await stage.page.getByRole("button", { name: "Show older ones" }).count(), 0);
  await accessible(stage.page, "history");
});

test("what was allowed for ever is listed and can be taken back; the rest of the rules stays", async () => {
  await stage.enter();
  await stage.open("Approvals");
  const main = stage.page.locator('[data-agent="main"]');
  await main.getByText("You are asked about everything else.").waitFor();
  const git = main.locator(".remembered", { hasText: "/usr/bin/git" });
  await git.getByText("in /home/ana/harbour, allowed 3 d ago, last run 1 h ago").waitFor();
  assert.deepEqual(await git.locator(".remembered-arguments bdi").allTextContents(), ["pull", "--ff-only"]);
  await main.locator(".remembered", { hasText: "/opt/tools" }).getByText("It has no effect").waitFor();
  await stage.press("Forget… /usr/bin/git");
  await stage.press("Ask again");
  await git.waitFor({ state: "detached" });
  assert.deepEqual(stage.machines.rules, {
    version: 1, fromElsewhere: { kept: true }, defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny" },
    agents: { main: { allowlist: [{ pattern: "/opt/tools/*" }], note: "kept" }, work: { ask: "always" } },
  });
  await stage.press("Forget… /opt/tools/*");
  stage.machines.changeRules({ ...stage.machines.rules, defaults: { security: "deny" } });
  await stage.press("Ask again");
  await stage.dialog().getByText("somebody changed the rules meanwhile. They were loaded again, and this is still allowed").waitFor();
  await stage.press("Ask again");
  await stage.dialog().waitFor({ state: "detached" });
  assert.deepEqual(stage.machines.rules.agents.main, { allowlist: [], note: "kept" });
  assert.deepEqual(stage.machines.rules.defaults, { security: "deny" }, "what somebody else changed stays changed");
});

test("the rules of an agent are changed on the page, and say what they come to before they are saved", async () => {
  await stage.enter();
  await stage.open("Approvals");
  const work = stage.page.locator('[data-agent="work"]');
  await work.getByText("rules of its own").waitFor();
  await work.getByText("You are asked every time").waitFor();
  await stage.page.locator('[data-agent="main"]').getByText("as all agents").waitFor();
  await stage.press("Change… Agent work");
  const ask = stage.dialog().getByRole("group", { name: "When you are asked" });
  assert.equal(await ask.getByRole("radio", { name: /^Every time/ }).isChecked(), true);
  assert.equal(await stage.dialog().getByRole("group", { name: "What may run" }).getByRole("radio", { name: /^As for all agents/ }).isChecked(), true);
  assert.equal(await stage.page.getByRole("button", { name: "Save" }).isDisabled(), true, "nothing is changed yet");
  await ask.getByRole("radio", { name: /^Never/ }).check();
  await stage.dialog().locator(".rule-result").getByText("You are never asked: everything else does not run.").waitFor();
  assert.equal(await stage.dialog().getByRole("group", { name: "If you do not answer" }).count(), 0, "who is not asked cannot be silent");
  await accessible(stage.page, "rules");
  await picture(stage.page, "approvals-rules");
  await stage.press("Save");
  await stage.dialog().waitFor({ state: "detached" });
  await work.getByText("You are never asked").waitFor();
  assert.deepEqual(stage.machines.rules.agents.work, { ask: "off" });
  assert.equal(stage.machines.rules.fromElsewhere.kept, true);
});

test("letting everything run wants more than a press; what somebody else changes meanwhile is shown and not overwritten", async () => {
  await stage.enter();
  await stage.open("Approvals");
  await stage.press("Change… All agents");
  await stage.dialog().getByRole("group", { name: "What may run" }).getByRole("radio", { name: /^Everything/ }).check();
  const save = stage.page.getByRole("button", { name: "Let everything run" });
  await stage.dialog().getByText("Whatever your agent is talked into then runs at once").waitFor();
  assert.equal(await save.isDisabled(), true);
  await accessible(stage.page, "open rules");
  await picture(stage.page, "approvals-open");
  await stage.dialog().getByRole("checkbox").check();
  stage.machines.changeRules({ ...stage.machines.rules, defaults: { security: "deny" }, agents: {} });
  await save.click();
  await stage.dialog().getByText("somebody changed the rules meanwhile").waitFor();
  await stage.dialog().getByText("These rules were changed elsewhere while you looked.").waitFor();
  await stage.dialog().getByText("Nothing runs at all.").waitFor();
  assert.deepEqual(stage.machines.rules.defaults, { security: "deny" });
  await stage.dialog().getByRole("group", { name: "What may run" }).getByRole("radio", { name: /^What is allowed/ }).check();
  await stage.press("Save");
  await stage.dialog().waitFor({ state: "detached" });
  assert.equal(stage.machines.rules.defaults.security, "allowlist");
  assert.deepEqual(stage.machines.rules.agents, {});
});

test("a refused decision is told and nothing is closed", async () => {
  await stage.enter();
  stage.machines.ask("q-1", ["git", "push"]);
  stage.gateway.answers.set("exec.approval.resolve", () => ({ error: { code: "FORBIDDEN", message: "missing scope: operator.approvals" } }));
  await stage.press("Review");
  await stage.press("Deny");
  await stage.dialog().getByText("it lacks “operator.approvals”").waitFor();
  await stage.page.keyboard.press("Escape");
  await stage.dialog().waitFor({ state: "detached" });
  await until(stage.page, () => document.activeElement?.textContent?.startsWith("Review"));
});
