import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const START_MS = 20_000;
const LINK = /http:\/\/127\.0\.0\.1:(\d+)\/#code=\S+/;

/** The real binary, named by TIDEGATE_BIN, in a home of its own. */
export class Daemon {
  #home = mkdtempSync(join(tmpdir(), "tidegate-e2e-"));
  #process;
  #env = {};
  port = 0;
  link = "";

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  get #state() {
    return join(this.#home, "state");
  }

  /** The claims on accounts are the host's: a test must neither meet nor hold those of others. */
  get #variables() {
    return { PATH: process.env.PATH, HOME: this.#home, TIDEGATE_STATE_DIR: this.#state, ...this.#env };
  }

  /** The owner's secret. */
  get token() {
    return readFileSync(join(this.#state, "gateway.token"), "utf8").trim();
  }

  /** Writes the configuration that the next start reads, and sets what it names of the environment. */
  configure(config, env = {}) {
    this.#env = env;
    mkdirSync(this.#state, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.#state, "tidegate.json"), JSON.stringify(config), { mode: 0o600 });
  }

  /** A link that signs one browser in, as its owner asks for it on the gateway's machine. */
  freshLink() {
    const url = this.origin.replace("http", "ws");
    const args = ["dashboard", "--no-open", "--url", url, "--token-file", join(this.#state, "gateway.token")];
    return execFileSync(process.env.TIDEGATE_BIN, args, { env: this.#variables, encoding: "utf8" }).trim();
  }

  /** Starts on a free port the first time, and on the same port later. */
  async start() {
    const binary = process.env.TIDEGATE_BIN;
    if (!binary) throw new Error("TIDEGATE_BIN names no binary");
    this.#process = spawn(binary, ["gateway", "--port", String(this.port)], { env: this.#variables, stdio: ["ignore", "pipe", "inherit"] });
    const match = await this.#printedLink();
    this.link = match[0];
    this.port = Number(match[1]);
  }

  #printedLink() {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`the gateway printed no WebChat link: ${why}`));
      const timer = setTimeout(() => fail("deadline passed"), START_MS);
      this.#process.once("exit", (code) => fail(`it ended with ${code}`));
      createInterface({ input: this.#process.stdout }).on("line", (line) => {
        const match = LINK.exec(line);
        if (!match) return;
        clearTimeout(timer);
        resolve(match);
      });
    });
  }

  /** SIGTERM ends it in order, SIGKILL at once. */
  async stop(signal = "SIGTERM") {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  async remove() {
    await this.stop("SIGKILL");
    rmSync(this.#home, { recursive: true, force: true });
  }
}
