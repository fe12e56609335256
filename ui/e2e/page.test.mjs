import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { answers, connected, launch, profile, settled, until, write } from "./support/browser.mjs";
import { accessible, noSidewaysScroll, picture } from "./support/checks.mjs";
import { FakeGateway, MAIN, said } from "./support/fake-gateway.mjs";
import { serveDist } from "./support/static-server.mjs";
import { walkUp } from "./support/walk.mjs";

// The built page against a gateway that the test plays, for what a well-behaved daemon never does.

const RICH = `Here is how the tides work at your gate.

## The short version

The **moon pulls** the water; the gate decides *when* it may pass. See [the tables](https://example.org).

| Port | High water | Range |
|---|:---:|---:|
| Saint-Malo | 07:42 | 12.3 m, among the largest in Europe and wide enough to need its own scroll bar |
| Bristol | 08:15 | 11.9 m |

#### A jump of levels

\`\`\`rust
fn gate(level: f64, max: f64) -> Gate { if level >= max { Gate::Closed } else { Gate::Open } } // a long line
\`\`\`

> A quiet harbour is built, not found.

- [x] measure
- [ ] build`;

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
beforeEach(() => fresh());
afterEach(async () => {
  assert.deepEqual(faults, []);
  await context.close();
});

async function fresh(options) {
  await context?.close();
  ({ context, faults } = await profile(browser, options));
  gateway = new FakeGateway();
  await gateway.attach(context);
  page = await context.newPage();
}

async function enter() {
  await page.goto(`${site.origin}/#code=once`);
  await connected(page);
  assert.equal(page.url(), `${site.origin}/`, "the one-time code leaves the address bar");
}

test("a hole in the event numbers is told and mended", async () => {
  await enter();
  await until(page, () => document.querySelector(".greeting"));
  gateway.event("tick", {});
  gateway.store("user", "said elsewhere");
  gateway.store("assistant", "answered elsewhere");
  gateway.swallow(3);
  gateway.event("tick", {});
  await page.getByText("Some updates were missed").first().waitFor();
  await page.getByText("answered elsewhere").first().waitFor();
});

test("a message whose answer was lost goes again with the same key", async () => {
  await enter();
  gateway.loseAnswers = 1;
  await write(page, "do it once");
  await until(page, () => document.documentElement.dataset.connection !== "ready");
  await connected(page);
  await until(page, () => document.querySelector(".running"));
  assert.equal(gateway.sends.length, 2);
  assert.equal(gateway.sends[0].idempotencyKey, gateway.sends[1].idempotencyKey);
  assert.equal(await page.locator(".turn.user").count(), 1);
});

test("what is composed survives a lost connection and a reload", async () => {
  await enter();
  await page.getByRole("textbox", { name: "Message" }).fill("half a thought");
  gateway.drop(1012, "service restart");
  await until(page, () => document.documentElement.dataset.connection === "waiting");
  assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "half a thought");
  await page.reload();
  await connected(page);
  assert.equal(await page.getByRole("textbox", { name: "Message" }).inputValue(), "half a thought");
});

test("text of a model cannot become markup, script or a foreign request", async () => {
  const requests = [];
  page.on("request", (request) => requests.push(new URL(request.url()).origin));
  const hostile = [
    "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>",
    "[click](javascript:window.pwned=1) [data](data:text/html,x) ![pic](https://evil.example/p.png)",
    "<a href=\"https://x\" style=\"position:fixed\" onclick=\"window.pwned=1\">x</a>",
    "```html\"><script>window.pwned=1</script>\n</code></pre><img src=x onerror=window.pwned=1>\n```",
    "<svg><style><img src=x onerror=window.pwned=1></style></svg><math><mtext><table><mglyph><style>",
  ].join("\n\n");
  gateway.store("user", "hello");
  gateway.store("assistant", hostile);
  await enter();
  await answers(page).first().waitFor();
  const found = await page.evaluate(() => ({
    pwned: window.pwned,
    dangerous: document.querySelectorAll(".prose script, .prose img, .prose svg, .prose style, .prose [style], .prose [onclick], .prose [onerror]").length,
    links: [...document.querySelectorAll(".prose a")].map((link) => link.getAttribute("href")),
  }));
  assert.equal(found.pwned, undefined);
  assert.equal(found.dangerous, 0);
  assert.deepEqual(found.links.filter((href) => href && !href.startsWith("https://")), []);
  assert.deepEqual([...new Set(requests)], [site.origin]);
});

test("ten thousand messages scroll without jumps and with few nodes", async () => {
  const text = (n) => `Message **${n}** ${"words of water ".repeat(1 + (n % 17))}`;
  const messages = Array.from({ length: 10_000 }, (_, index) => said(index + 1, index % 2 ? "assistant" : "user", text(index + 1)));
  gateway.sessions.set(MAIN, { messages });
  await enter();
  await page.getByText("Message 10000", { exact: false }).last().waitFor();
  const walk = await page.evaluate(walkUp);
  assert.equal(walk.jumps, 0, "the row that is read stays where it is");
  assert.ok(walk.reached, "the beginning is reached");
  assert.ok(walk.mostRows <= 320, `${walk.mostRows} rows were in the document at once`);
  await page.getByRole("button", { name: /Jump to latest|New messages/ }).click();
  await page.getByText("Message 10000", { exact: false }).last().waitFor();
});

/** The place of the reader once the wheel has rolled out. */
function atRest() {
  return page.evaluate(async () => {
    const box = document.querySelector(".scroller");
    let [place, frames] = [box.scrollTop, 0];
    while (frames < 12) {
      await new Promise(requestAnimationFrame);
      frames = box.scrollTop === place ? frames + 1 : 0;
      place = box.scrollTop;
    }
    return place;
  });
}

test("a streaming answer never drags a reader away", async () => {
  for (let n = 0; n < 40; n++) gateway.store(n % 2 ? "assistant" : "user", `Line ${n}\n\n${"text ".repeat(60)}`);
  await enter();
  await page.getByText("Line 39").waitFor();
  await write(page, "tell me");
  await until(page, () => document.querySelector(".running"));
  const runId = gateway.sends[0].idempotencyKey;
  gateway.chat(runId, "delta", "word ".repeat(200));
  await until(page, () => {
    const box = document.querySelector(".scroller");
    return document.querySelector(".running .prose") && box.scrollHeight - box.scrollTop - box.clientHeight < 3;
  });
  await page.hover(".scroller");
  await page.mouse.wheel(0, -120);
  await page.getByRole("button", { name: /New messages below/ }).waitFor();
  const top = () => page.evaluate(() => document.querySelector(".scroller").scrollTop);
  const place = await atRest();
  gateway.chat(runId, "delta", "word ".repeat(900));
  await until(page, () => document.querySelector(".running .prose")?.textContent.length > 4_000);
  assert.equal(await top(), place);
});

test("a failed answer tells why, and thoughts can be opened", async () => {
  await enter();
  await write(page, "try");
  await until(page, () => document.querySelector(".running"));
  const runId = gateway.sends[0].idempotencyKey;
  gateway.event("agent", { runId, sessionKey: MAIN, seq: 1, stream: "thinking", ts: 1, data: { text: "deep thought", delta: "deep thought" } });
  await page.locator(".running summary", { hasText: "Thinking" }).click();
  await page.getByText("deep thought").waitFor();
  gateway.chat(runId, "error", "", { errorMessage: "the provider refused the key", errorKind: "unknown" });
  await page.getByText("the provider refused the key").first().waitFor();
  await settled(page);
});

for (const [code, sentence] of [
  ["AUTH_TOKEN_MISMATCH", /not the one of this gateway/],
  ["AUTH_BOOTSTRAP_TOKEN_INVALID", /already used, or is too old/],
  ["PAIRING_REQUIRED", /approve this browser first/],
  ["AUTH_RATE_LIMITED", /Too many wrong tries/],
]) {
  test(`the refusal ${code} is told in a sentence`, async () => {
    gateway.refuseWith = { code: "INVALID_REQUEST", message: "no", details: { code, requestId: "req-1" } };
    await page.goto(`${site.origin}/#code=once`);
    await page.getByText(sentence).waitFor();
    await accessible(page, code);
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1280, 1920]) {
    test(`every view is accessible and fits: ${colorScheme}, ${width} px`, async () => {
      await fresh({ colorScheme, viewport: { width, height: 844 } });
      await everyView(`${colorScheme}-${width}`, width < 600);
    });
  }
}

async function everyView(name, narrow) {
  const look = async (view) => {
    await accessible(page, view);
    await noSidewaysScroll(page, view);
    await picture(page, `${name}-${view}`);
  };
  await page.goto(site.origin);
  await page.getByRole("heading", { name: "Connect this browser" }).waitFor();
  await look("connect");
  await enter();
  await page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  await look("empty");
  gateway.store("user", "How do the tides work at the gate? " + "Averyveryverylongword".repeat(12));
  gateway.store("assistant", RICH, { model: "tide-1", usage: { output: 212 } });
  gateway.store("user", "And tomorrow?");
  gateway.store("assistant", "", { stopReason: "error", errorMessage: "the model server does not answer" });
  gateway.swallow(1);
  gateway.event("tick", {});
  gateway.event("tick", {});
  gateway.swallow(1);
  gateway.event("tick", {});
  await page.getByText("the model server does not answer").waitFor();
  await look("conversation");
  await page.evaluate(() => { document.querySelector(".scroller").scrollTop = 0; });
  await page.getByRole("button", { name: "Jump to latest" }).waitFor();
  await look("markdown");
  await write(page, "one more");
  await until(page, () => document.querySelector(".running"));
  await look("running");
  await page.getByRole("button", { name: "Conversation actions" }).click();
  await page.getByRole("button", { name: "Rename…" }).waitFor();
  await look("menu");
  await page.getByRole("button", { name: "Rename…" }).click();
  await page.getByRole("dialog").waitFor();
  await look("rename");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Conversation actions" }).click();
  await page.getByRole("button", { name: "Clear messages…" }).click();
  await page.getByRole("dialog").waitFor();
  await look("clear");
  await page.keyboard.press("Escape");
  if (narrow) {
    await page.getByRole("button", { name: "Show conversations" }).click();
    await until(page, () => document.querySelector(".sidebar.open")?.getAnimations().length === 0);
    await look("drawer");
    await page.keyboard.press("Escape");
  }
  await page.locator(narrow ? "main" : "nav").getByRole("button", { name: /Connection: Connected/ }).click();
  await page.getByRole("dialog").waitFor();
  await look("details");
  await page.keyboard.press("Escape");
  gateway.drop(1012, "service restart");
  await page.getByText("The gateway is restarting").waitFor();
  await look("restarting");
}
