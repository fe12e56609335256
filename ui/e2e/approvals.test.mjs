import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/browser.mjs";
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
  await until(stage.page, () => document.activeElement?.textContent === "Deny");
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

test("what ends elsewhere ends here, and the history survives a reload", async () => {
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
});

test("what was allowed for ever is listed and can be taken back; the rest of the rules stays", async () => {
  await stage.enter();
  await stage.open("Approvals");
  await stage.page.getByText("You are asked about everything else.").waitFor();
  const git = stage.page.locator(".remembered", { hasText: "/usr/bin/git" });
  await git.getByText("agent main, in /home/ana/harbour, allowed 3 d ago, last run 1 h ago").waitFor();
  assert.deepEqual(await git.locator(".remembered-arguments bdi").allTextContents(), ["pull", "--ff-only"]);
  await stage.page.locator(".remembered", { hasText: "/opt/tools" }).getByText("It has no effect").waitFor();
  await stage.press("Forget… /usr/bin/git");
  await stage.press("Ask again");
  await git.waitFor({ state: "detached" });
  assert.deepEqual(stage.machines.rules, {
    version: 1, fromElsewhere: { kept: true }, defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny" },
    agents: { main: { allowlist: [{ pattern: "/opt/tools/*" }], note: "kept" } },
  });
  stage.machines.rulesHash = "changed elsewhere";
  await stage.press("Forget… /opt/tools/*");
  await stage.press("Ask again");
  await stage.dialog().getByText("the rules have changed since").waitFor();
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
