import commands from "virtual:commands";
import { describe, expect, test } from "vitest";
import { exampleOf } from "../src/state/command-examples.ts";
import { ANSWER_CHARS, isProgram, readAnswer, readParams, readPicture } from "../src/state/invoke.ts";
import { factsOf, grouped } from "../src/state/node-card.ts";
import { entryOf, QUEUEABLE } from "../src/wire/catalogue.ts";
import { readInvoked, readNodes, readPendingCommands } from "../src/wire/nodes.ts";
import { golden } from "./golden.ts";

const TS = 1_769_248_800_000;

describe("what node.list says", () => {
  test("a node is read with what it offers and what is refused", () => {
    const told = readNodes({
      ts: TS,
      nodes: [{
        nodeId: "n1", displayName: "Workshop\u200b machine", platform: "linux", version: "1", deviceFamily: "Mac", remoteIp: "10.0.0.7", caps: ["canvas"], commands: ["system.which"],
        blockedCommands: ["camera.snap"], unapprovedCommands: ["system.run"], permissions: { camera: true, screen: false }, connectedAtMs: TS - 5, waiting: 2, paired: true, connected: true,
      }],
    });
    expect(told).toEqual({
      ts: TS,
      nodes: [{
        nodeId: "n1", name: "Workshop machine", platform: "linux", version: "1", model: "Mac", address: "10.0.0.7", caps: ["canvas"], commands: ["system.which"],
        blocked: ["camera.snap"], unapproved: ["system.run"], permissions: [["camera", true], ["screen", false]], connectedAt: TS - 5, waiting: 2, paired: true, connected: true,
      }],
    });
  });

  test("the wire's own examples are read without a loss", () => {
    expect(readNodes(golden("node.list.result")).nodes).toMatchObject([{
      name: "Workshop", platform: "linux", model: "x64", commands: ["system.run", "system.which"], blocked: ["camera.snap"], permissions: [["camera", true]], waiting: 2, connected: true,
    }]);
    expect(readInvoked(golden("node.invoke.result"))).toMatchObject({ payload: { ok: true }, queued: { command: "system.notify" } });
    expect(readPendingCommands(golden("node.pending.list.result"))).toHaveLength(1);
  });

  test("what is missing is nothing, and rows without an id are left out", () => {
    const [bare] = readNodes({ nodes: [{}, null, { nodeId: "n" }] }).nodes;
    expect(bare).toMatchObject({ nodeId: "n", name: undefined, commands: [], blocked: [], unapproved: [], permissions: [], waiting: 0, paired: false, connected: false });
    expect(readNodes(undefined).nodes).toEqual([]);
  });

  test("a command that waits and an answer are read", () => {
    const row = { id: "q", nodeId: "n", command: "system.notify", queuedAtMs: TS, expiresAtMs: TS + 1 };
    const read = { id: "q", nodeId: "n", command: "system.notify", queuedAt: TS, expiresAt: TS + 1 };
    expect(readPendingCommands({ pending: [row, {}] })).toEqual([read]);
    expect(readInvoked({ payload: null, queued: row }).queued).toEqual(read);
    expect(readInvoked({ payload: { a: 1 } })).toEqual({ payload: { a: 1 }, queued: undefined });
  });
});

describe("a command by hand", () => {
  test("takes nothing or one object", () => {
    expect(readParams("  ")).toEqual({ ok: true, value: undefined });
    expect(readParams('{"bins":["git"]}')).toEqual({ ok: true, value: { bins: ["git"] } });
    for (const typed of ["[1]", "1", "null", '"text"']) expect(readParams(typed)).toEqual({ ok: false, why: "object" });
    expect(readParams("{")).toMatchObject({ ok: false, why: expect.stringContaining("JSON") });
  });

  test("begins with an example that fits what the catalogue says, for every command that takes something", () => {
    const all = Object.keys(commands);
    expect(all.length).toBeGreaterThan(20);
    for (const command of all) {
      const fields = entryOf(command)?.fields ?? [];
      const params = readParams(exampleOf(command));
      const given = Object.keys((params.ok && params.value) || {});
      expect(fields.map(({ name }) => name), command).toEqual(expect.arrayContaining(given));
      expect(given, command).toEqual(expect.arrayContaining(fields.filter(({ required }) => required).map(({ name }) => name)));
      expect(given.length > 0, command).toBe(fields.length > 0);
    }
    expect([exampleOf("toString"), entryOf("toString")]).toEqual(["", undefined]);
  });

  test("the catalogue tells what a command does, what it takes, and whether it may wait", () => {
    expect(entryOf("system.which")).toEqual({
      doc: "Where programs are.", risk: "plain", queueable: false, fields: [{ name: "bins", type: "list of text", required: true, doc: "Names of programs." }],
    });
    expect(entryOf("file.write")?.fields.map(({ name, type, required }) => [name, type, required])).toEqual([
      ["base64", "text", true], ["path", "text", true], ["overwrite", "true or false", false],
    ]);
    expect(QUEUEABLE).toEqual(["canvas.a2ui.push", "canvas.a2ui.pushJSONL", "canvas.a2ui.reset", "canvas.hide", "canvas.navigate", "canvas.present", "system.notify"]);
  });

  test("runs no programs", () => {
    expect(["system.run", "system.run.prepare", "system.which"].map(isProgram)).toEqual([true, true, false]);
  });

  test("its answer is told for the eye, cut where it is long, and may be nothing", () => {
    expect(readAnswer({ a: 1 })).toEqual({ text: '{\n  "a": 1\n}', cut: 0 });
    expect([null, undefined, {}].map(readAnswer)).toEqual([undefined, undefined, undefined]);
    const long = readAnswer("x".repeat(ANSWER_CHARS + 8));
    expect([long?.text.length, long?.cut]).toEqual([ANSWER_CHARS, 10]);
  });

  test("a picture is shown as one, and only a picture", () => {
    expect(readPicture({ format: "png", base64: "iVBORw0KGgo=" })).toBe("data:image/png;base64,iVBORw0KGgo=");
    for (const no of [{ format: "svg", base64: "AAAA" }, { format: "png", base64: "a b" }, { format: "png" }, { format: "toString", base64: "AAAA" }, null]) {
      expect(readPicture(no)).toBeUndefined();
    }
  });
});

describe("a card", () => {
  const [node] = readNodes({ nodes: [{ nodeId: "n", caps: ["canvas", "file", "files", "teleport"], permissions: { camera: true, screenRecording: false, magic: false }, connected: true }] }).nodes;

  test("says in plain words what the node can and may, and our word where there is none", () => {
    expect(factsOf(node!, TS).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      "From: the gateway’s own machine",
      "It can: show pages; read and write its files; teleport",
      "Its system allows: camera",
      "Its system forbids: recording the screen, magic",
    ]);
  });

  test("commands stand by their weight, unknown ones last", () => {
    expect(grouped(["camera.snap", "file.list", "own.thing", "system.run", "system.which"])).toEqual([
      { risk: "plain", commands: ["system.which"] },
      { risk: "private", commands: ["file.list"] },
      { risk: "program", commands: ["system.run"] },
      { risk: "dangerous", commands: ["camera.snap"] },
      { risk: "unknown", commands: ["own.thing"] },
    ]);
  });
});
