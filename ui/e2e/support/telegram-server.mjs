import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const TOOLS = fileURLToPath(new URL("../../../ci/node/node_modules/", import.meta.url));
const START_MS = 20_000;
const ADMIN = "admin-token-for-tests";
const WANTED_NODE = 22;

/** A Bot API server that others wrote (npm `@openclaw/crabline`), as a process. */
export class TelegramServer {
  token = "4242:telegram-token-for-tests";
  #folder = mkdtempSync(join(tmpdir(), "tidegate-telegram-"));
  #process;
  #port = 0;

  get #origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  get #recorder() {
    return join(this.#folder, "recorder.jsonl");
  }

  /** What `tidegate.json` needs to talk to it; the token is in the environment. */
  get config() {
    return { channels: { telegram: { name: "Home", botToken: { env: "TELEGRAM_BOT_TOKEN" }, apiRoot: this.#origin } } };
  }

  get env() {
    return { TELEGRAM_BOT_TOKEN: this.token };
  }

  /** Starts on a free port the first time, and on the same port later. */
  async start() {
    const program = join(TOOLS, "@openclaw/crabline/dist/src/bin/crabline.js");
    const env = { PATH: process.env.PATH, HOME: this.#folder, CRABLINE_BOT_TOKEN: this.token, CRABLINE_ADMIN_TOKEN: ADMIN };
    const args = [program, "--json", "serve", "telegram", "--port", String(this.#port), "--recorder", this.#recorder];
    this.#process = spawn(node(), args, { env, stdio: ["ignore", "pipe", "inherit"] });
    // Whatever ends the tests ends it too.
    process.once("exit", () => this.#process.kill("SIGKILL"));
    this.#port = await this.#printedPort();
  }

  #printedPort() {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`the Telegram server did not start: ${why}`));
      const timer = setTimeout(() => fail("deadline passed"), START_MS);
      this.#process.once("exit", (code) => fail(`it ended with ${code}`));
      createInterface({ input: this.#process.stdout }).on("line", (line) => {
        const match = /"baseUrl": "http:\/\/127\.0\.0\.1:(\d+)"/.exec(line);
        if (!match) return;
        clearTimeout(timer);
        resolve(Number(match[1]));
      });
    });
  }

  /** A person writes to the bot. A chat is the person's own, or a group with a negative number. */
  async say(fromId, fromName, text, chatId = fromId) {
    const response = await fetch(`${this.#origin}/crabline/telegram/inbound`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-crabline-admin-token": ADMIN },
      body: JSON.stringify({ chatId, fromId, fromName, text }),
    });
    if (!response.ok) throw new Error(`the Telegram server took no message: ${await response.text()}`);
  }

  /** The bodies of the calls of a method, in order. */
  calls(method) {
    if (!existsSync(this.#recorder)) return [];
    return readFileSync(this.#recorder, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line))
      .filter(({ path }) => path?.endsWith(`/${method}`))
      .map(({ body }) => body);
  }

  async stop() {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async remove() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A Node that is new enough: the one at work, or the one among the tools. */
function node() {
  if (Number(process.versions.node.split(".")[0]) >= WANTED_NODE) return process.execPath;
  const carried = join(TOOLS, `node-linux-${process.arch}/bin/node`);
  if (!existsSync(carried)) throw new Error(`no Node ${WANTED_NODE} found; run npm ci in ci/node`);
  return carried;
}
