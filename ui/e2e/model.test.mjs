import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { answers, connected, holds, launch, profile, settled, until, write } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { Daemon } from "./support/daemon.mjs";
import { gate, KEY, ModelServer, Refusal } from "./support/model-server.mjs";
import { Owner } from "./support/owner.mjs";

// The real binary with a model connected: the answers come over HTTP from a server that a test scripts.

const MAIN = "agent:main:main";

let browser;
let models;
let daemon;
let owner;
let context;
let faults;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  models = new ModelServer();
  await models.start();
  daemon = new Daemon();
  daemon.configure(models.config);
  await daemon.start();
  owner = await Owner.of(daemon);
  ({ context, faults } = await profile(browser));
  page = await context.newPage();
  await page.goto(daemon.link);
  await connected(page);
});
afterEach(async () => {
  assert.deepEqual(faults, []);
  assert.ok(!(await page.content()).includes(KEY), "the key of the provider is on the page");
  await context.close();
  owner.close();
  models.stop();
  await daemon.remove();
});

async function look(view) {
  await accessible(page, view);
  await noSidewaysScroll(page, view);
  await picture(page, `model-${view}`);
}

/** Waits until the page shows this model as the one of the conversation. */
function picked(model) {
  return until(page, (name) => document.querySelector(".picker.model select")?.selectedOptions[0]?.text === name, model);
}

/** The last request that the model server got. */
function asked() {
  return models.requests.at(-1);
}

test("thoughts are shown while they come, and stay with the answer", async () => {
  const thought = gate();
  const spoke = gate();
  models.script = async function* () {
    yield { thinking: "The moon pulls. " };
    yield { thinking: "The gate waits." };
    await thought.opened;
    yield { text: "High water is at **seven**." };
    await spoke.opened;
    yield { text: " Low water at one." };
  };
  await write(page, "When is high water?");
  const running = page.locator(".running");
  await running.getByText("Thinking").click();
  await running.getByText("The moon pulls. The gate waits.").waitFor();
  await look("thinking");
  thought.open();
  await running.locator("strong", { hasText: "seven" }).waitFor();
  await running.getByText("The moon pulls. The gate waits.").waitFor();
  await look("thought-and-text");
  spoke.open();
  await settled(page);
  await answers(page).getByText("High water is at seven. Low water at one.").waitFor();
  await page.reload();
  await connected(page);
  await page.getByText("Thoughts").click();
  await page.getByText("The moon pulls. The gate waits.").waitFor();
  await page.locator(".meta", { hasText: "tide-mini" }).waitFor();
});

test("the pickers offer what the provider lists, and choose for this conversation", async () => {
  const model = page.getByRole("combobox", { name: "Model" });
  const thinking = page.getByRole("combobox", { name: "Thinking" });
  const offered = ["tide-large", "tide-mini (default)"];
  await holds(async () => assert.deepEqual(await model.locator("option").allTextContents(), offered));
  await write(page, "first");
  await answers(page).first().waitFor();
  assert.deepEqual([asked().model, asked().reasoning_effort], ["tide-mini", undefined]);
  await model.selectOption({ label: "tide-large" });
  await thinking.selectOption("high");
  await until(page, () => !document.querySelector(".picker.busy"));
  await holds(async () => {
    const row = await owner.session(MAIN);
    assert.deepEqual([row.modelProvider, row.model, row.thinkingLevel], ["local", "tide-large", "high"]);
  });
  await write(page, "second");
  await answers(page).nth(1).waitFor();
  assert.deepEqual([asked().model, asked().reasoning_effort], ["tide-large", "high"]);
  await page.reload();
  await connected(page);
  await picked("tide-large");
  await holds(async () => assert.equal(await thinking.inputValue(), "high"));
  await look("pickers");
  await model.selectOption({ label: "tide-mini (default)" });
  await thinking.selectOption("");
  await until(page, () => !document.querySelector(".picker.busy"));
  await holds(async () => assert.equal((await owner.session(MAIN)).thinkingLevel, undefined));
  await write(page, "third");
  await answers(page).nth(2).waitFor();
  assert.deepEqual([asked().model, asked().reasoning_effort], ["tide-mini", undefined]);
});

test("a choice made elsewhere shows in this window", async () => {
  await write(page, "hello");
  await answers(page).first().waitFor();
  await owner.say("main", "/model local/tide-large");
  await picked("tide-large");
});

test("a refused key and a limit are told as they are, and the next message is answered", async () => {
  models.script = async function* () {
    throw new Refusal(401, "Incorrect API key provided");
  };
  await write(page, "let me in");
  await page.getByText(/refused the key \(401\)/).first().waitFor();
  await page.getByText(/Check models\.providers\.local\.apiKey/).first().waitFor();
  await settled(page);
  models.script = async function* () {
    throw new Refusal(429, "slow down", { "retry-after": "90" });
  };
  await write(page, "and now?");
  await page.getByText(/limiting requests \(429\).*It takes requests again at/).first().waitFor();
  await settled(page);
  await look("errors");
  await page.reload();
  await connected(page);
  await page.getByText(/refused the key \(401\)/).waitFor();
  models.script = async function* () {
    yield { text: "Here I am again." };
  };
  await write(page, "still there?");
  await answers(page).getByText("Here I am again.").waitFor();
});

test("a stream that breaks keeps what was said, and tells why it ended", async () => {
  const heard = gate();
  models.script = async function* () {
    yield { text: "It begins well" };
    await heard.opened;
    throw new Error("the line went dead");
  };
  await write(page, "tell me");
  await page.locator(".running").getByText("It begins well").waitFor();
  heard.open();
  await page.getByText("The model could not answer").waitFor();
  await settled(page);
  await answers(page).getByText("It begins well").waitFor();
  await look("broken");
});

test("a stopped answer keeps its words, and the model server is let go", async () => {
  models.script = async function* () {
    yield { text: "I shall speak for ever" };
    await new Promise(() => undefined);
  };
  const hangup = once(models, "hangup");
  await write(page, "go on");
  await page.locator(".running").getByText("I shall speak for ever").waitFor();
  await page.getByRole("button", { name: "Stop answer" }).click();
  await page.getByText("Stopped", { exact: true }).waitFor();
  await settled(page);
  await answers(page).getByText("I shall speak for ever").waitFor();
  await hangup;
});

test("messages written during an answer wait, can leave the queue, and are answered together", async () => {
  const first = gate();
  models.script = async function* ({ messages }) {
    if (models.requests.length === 1) await first.opened;
    yield { text: `Answer to ${messages.at(-1).content}` };
  };
  await write(page, "one");
  await page.locator(".running").waitFor();
  for (const text of ["two", "not this one", "three"]) await write(page, text);
  // What can be removed from the queue has arrived there: the second window is told the queue once.
  await until(page, () => document.querySelectorAll(".pending .tiny").length === 3);
  const second = await context.newPage();
  await second.goto(daemon.origin);
  await connected(second);
  await until(second, () => document.querySelectorAll(".pending").length === 3);
  await look("queue");
  await page.locator(".pending", { hasText: "not this one" }).getByRole("button", { name: "Remove from queue" }).click();
  await until(page, () => document.querySelectorAll(".pending").length === 2);
  await until(second, () => document.querySelectorAll(".pending").length === 2);
  first.open();
  await until(page, () => document.querySelectorAll(".turn.assistant:not(.running) .prose").length === 2);
  await settled(page);
  await settled(second);
  const texts = async (window) => {
    const all = await window.locator(".bubble, .turn.assistant .prose").allTextContents();
    return all.map((text) => text.trim());
  };
  // What left the queue keeps its place among the words, and starts no answer.
  assert.equal(models.requests.length, 2);
  await holds(async () => {
    assert.deepEqual((await texts(page)).slice(0, 5), ["one", "not this one", "Answer to one", "two", "three"]);
    assert.deepEqual(await texts(second), await texts(page));
  });
});
