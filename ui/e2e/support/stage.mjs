import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { connected, launch, profile, until } from "./browser.mjs";
import { FakeGateway } from "./fake-gateway.mjs";
import { FakeMachines } from "./fake-machines.mjs";
import { serveDist } from "./static-server.mjs";

/** The built page, fresh for each test, before a gateway that plays devices, nodes and questions. */
export class Stage {
  site;
  page;
  gateway;
  machines;
  #browser;
  #context;
  #faults;

  /** Sets it for the tests of a file. */
  static set() {
    const stage = new Stage();
    before(() => stage.#build());
    after(() => stage.#strike());
    beforeEach(() => stage.fresh());
    afterEach(async () => {
      assert.deepEqual(stage.#faults, []);
      await stage.#context.close();
    });
    return stage;
  }

  async #build() {
    this.#browser = await launch();
    this.site = await serveDist();
  }

  async #strike() {
    await this.#browser.close();
    this.site.close();
  }

  /** Begins anew in a profile with these options. */
  async fresh(options) {
    await this.#context?.close();
    const { context, faults } = await profile(this.#browser, { permissions: ["clipboard-read", "clipboard-write"], ...options });
    this.#context = context;
    this.#faults = faults;
    this.gateway = new FakeGateway();
    this.machines = new FakeMachines(this.gateway);
    await this.gateway.attach(context);
    this.page = await context.newPage();
  }

  async enter() {
    await this.page.goto(`${this.site.origin}/#code=once`);
    await connected(this.page);
    await until(this.page, () => document.querySelector("nav .row"));
  }

  /** Goes to a page by the list beside the conversations. */
  async open(name) {
    const drawer = this.page.getByRole("button", { name: "Show conversations" });
    if (await drawer.isVisible()) await drawer.click();
    await this.page.getByRole("navigation").getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await this.page.getByRole("heading", { name, level: 1 }).waitFor();
  }

  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  dialog() {
    return this.page.getByRole("dialog");
  }

  /** The params of all calls of a method, in order. */
  called(method) {
    return this.machines.calls.filter(([name]) => name === method).map(([, params]) => params);
  }
}
