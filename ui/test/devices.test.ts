import { beforeEach, describe, expect, test } from "vitest";
import { canConnect, deviceName, endsOf, endsSoon, factsOf, inGroups, lockoutWarnings, saysOf, tokenSentence, tokenState, toneOf } from "../src/state/device-card.ts";
import { offerChanges } from "../src/state/offer.ts";
import { byWeight, difference, gained, isWide, rightSentence, rightWord } from "../src/state/rights.ts";
import { strings } from "../src/strings.ts";
import { type PairedDevice, readDevices, readNewToken, readPaired, readPending, readSetupCode } from "../src/wire/devices.ts";
import { golden } from "./golden.ts";

const TS = 1_769_248_800_000;
const DAY_MS = 86_400_000;
const ID = "0123456789abcdef".repeat(4);

const pending = {
  requestId: "r1", deviceId: ID, publicKey: "key", displayName: "Ana\u202e’s  laptop", platform: "macos", deviceFamily: "Mac", clientId: "cli", clientMode: "cli",
  role: "operator", roles: ["operator"], scopes: ["operator.read", "operator.admin"], grantedScopes: ["operator.read"], remoteIp: "192.168.1.20", silent: false,
  isRepair: true, expiresAtMs: TS + 60_000, ts: TS,
};
const token = { role: "operator", scopes: ["operator.admin"], createdAtMs: TS - DAY_MS, lastUsedAtMs: TS - 60_000, lastUsedFrom: "10.0.0.7", expiresAtMs: TS + DAY_MS };
const paired = {
  deviceId: ID, publicKey: "key", displayName: "laptop", role: "operator", roles: ["operator", "node"], scopes: ["operator.read", "operator.admin"], tokens: [token],
  createdAtMs: TS - DAY_MS, approvedAtMs: TS - DAY_MS, trust: "verified", trustChanges: [{ from: "untrusted", to: "verified", by: "owner", atMs: TS }], connected: false, own: false,
};
const device = readPaired(paired) as PairedDevice;
const other = { ...device, deviceId: "f".repeat(64) };

describe("what device.pair.list says", () => {
  test("a request is read with all that it asks, and names cannot turn the line around", () => {
    expect(readPending(pending)).toEqual({
      requestId: "r1", deviceId: ID, name: "Ana’s laptop", platform: "macos", family: "Mac", program: "cli", mode: "cli", address: "192.168.1.20",
      role: "operator", scopes: ["operator.read", "operator.admin"], granted: ["operator.read"], commands: [], grantedCommands: [], known: true, since: TS, expiresAt: TS + 60_000,
    });
  });

  test("a device is read with its tokens and who said what of it", () => {
    expect(device).toMatchObject({
      deviceId: ID, name: "laptop", label: undefined, roles: ["operator", "node"], trust: "verified", own: false, connected: false,
      tokens: [{ role: "operator", usedAt: TS - 60_000, usedFrom: "10.0.0.7", expiresAt: TS + DAY_MS, revokedAt: undefined }],
      trustChanges: [{ from: "untrusted", to: "verified", by: "owner", at: TS }],
    });
  });

  test("the wire's own example is read without a loss", () => {
    const told = readDevices(golden("device.pair.list.result"));
    expect(told.pending[0]).toMatchObject({ name: "Anna's phone", role: "operator", scopes: ["operator.read", "operator.write"], granted: ["operator.read"], known: true, address: "192.0.2.7" });
    expect(told.paired[0]).toMatchObject({ label: "Anna", name: "Anna's phone", roles: ["node", "operator"], trust: "verified", connected: true });
    expect(tokenState(told.paired[0]?.tokens[0] as PairedDevice["tokens"][number], 0)).toBe("revoked");
    expect(readSetupCode(golden("device.pair.setupCode.result"))).toMatchObject({ access: "limited", downgraded: true, url: "ws://192.0.2.2:18789" });
  });

  test("rows without an id, and nonsense, are left out", () => {
    expect(readDevices({ pending: [{ requestId: "r" }, { deviceId: ID }], paired: [{}, null, paired] }).paired).toHaveLength(1);
    expect(readDevices({ pending: [{ requestId: "r" }, { deviceId: ID }] }).pending).toEqual([]);
    expect(readDevices("?")).toEqual({ pending: [], paired: [] });
  });

  test("a new token and a setup code are read", () => {
    expect(readNewToken({ role: "node", token: "t" })).toEqual({ role: "node", token: "t" });
    expect(readSetupCode({ setupCode: "c", gatewayUrl: "wss://h", access: "limited", accessDowngraded: true, expiresAtMs: TS }))
      .toEqual({ code: "c", url: "wss://h", access: "limited", downgraded: true, expiresAt: TS });
  });
});

describe("rights", () => {
  test("every one has words; an unknown one is told by its own", () => {
    for (const scope of Object.keys(strings.devices.rights)) {
      expect(rightWord(scope)).not.toBe(scope);
      expect(rightSentence(scope)).not.toContain("operator.");
    }
    expect([rightWord("operator.fly"), rightSentence("toString")]).toEqual(["operator.fly", strings.devices.rightUnknown("toString")]);
  });

  test("are told by weight, the unknown first", () => {
    expect(byWeight(["operator.read", "operator.fly", "operator.admin", "operator.read"])).toEqual(["operator.fly", "operator.admin", "operator.read"]);
  });

  test("a request is compared with what the device has: new, kept, and gone", () => {
    const change = difference({ scopes: ["operator.read", "operator.write", "operator.admin"], granted: ["operator.questions", "operator.read"] });
    expect(change.map(({ kind, scope }) => [kind, scope])).toEqual([
      ["gained", "operator.admin"], ["gained", "operator.write"], ["kept", "operator.read"], ["lost", "operator.questions"],
    ]);
    expect(difference({ scopes: [], granted: [] })).toEqual([]);
  });

  test("only what a device does not have is gained, and only that can be wide", () => {
    const ask = (scopes: string[], granted: string[] = []) => ({ scopes, granted });
    expect(gained(ask(["operator.read", "operator.write"], ["operator.read"]))).toEqual(["operator.write"]);
    expect(isWide(ask(["operator.read", "operator.write", "operator.questions"]))).toBe(false);
    for (const scope of ["operator.admin", "operator.pairing", "operator.approvals", "operator.fly"]) {
      expect(isWide(ask([scope]))).toBe(true);
      expect(isWide(ask([scope], [scope]))).toBe(false);
    }
    expect(isWide(ask([]))).toBe(false);
  });
});

describe("what a node offers", () => {
  const offer = (commands: string[], grantedCommands: string[] = []) => offerChanges({ commands, grantedCommands }).map(({ command, kind, risk }) => [command, kind, risk]);

  test("the wire's own example is read with what is new and what was approved", () => {
    const request = readPending(golden("device.pair.requested.event"));
    expect(offer([...request!.commands], [...request!.grantedCommands])).toEqual([["camera.snap", "gained", "dangerous"], ["canvas.present", "kept", "plain"]]);
  });

  test("is compared with what was approved, the new first, the weightiest of them first", () => {
    expect(offer(["system.which", "file.list", "node.fly", "system.run", "canvas.present"], ["canvas.present", "system.notify"])).toEqual([
      ["node.fly", "gained", "unknown"], ["system.run", "gained", "program"], ["file.list", "gained", "private"], ["system.which", "gained", "plain"],
      ["canvas.present", "kept", "plain"], ["system.notify", "lost", "plain"],
    ]);
    expect(offer([])).toEqual([]);
    expect(offerChanges({ commands: ["system.which", "node.fly"], grantedCommands: [] }).map(({ doc }) => doc)).toEqual([undefined, "Where programs are."]);
  });
});

describe("a card", () => {
  test("is named by its owner, else by itself, else by its id", () => {
    expect(deviceName({ ...device, label: "Pocket" })).toBe("Pocket");
    expect([deviceName(device), deviceName({ deviceId: ID })]).toEqual(["laptop", "Device 01234567"]);
    expect(inGroups("0123456789abcdef0")).toBe("01234567 89abcdef 0");
    expect([saysOf({ deviceId: ID, platform: "ios", mode: "ios" }), saysOf({ deviceId: ID })]).toEqual(["ios", "–"]);
  });

  test("says what it may, and when it was here and from where", () => {
    expect(factsOf(device, TS).map(({ name, value }) => `${name}: ${value}`)).toEqual([
      "Joins as: operator, node",
      "May: administer, read",
      "Last use: 1 min ago",
      "Address: 10.0.0.7",
      "Paired: 24 h ago",
    ]);
    const never = { ...device, scopes: [], tokens: [] };
    expect(factsOf(never, TS).map(({ value }) => value).slice(1, 4)).toEqual(["offer commands", "never", "the gateway’s own machine"]);
    expect(factsOf({ ...never, address: "10.0.0.9" }, TS).map(({ value }) => value)[3]).toBe("10.0.0.9");
  });

  test("a token is valid, expired to the millisecond, or revoked whatever its time", () => {
    const [one] = device.tokens;
    if (!one) throw new Error("the fixture has no token");
    expect([tokenState(one, TS + DAY_MS - 1), tokenState(one, TS + DAY_MS)]).toEqual(["valid", "expired"]);
    expect(tokenState({ ...one, revokedAt: TS }, TS)).toBe("revoked");
    expect(tokenSentence(one, TS)).toBe("valid; ends in 24 h unless it is used");
    expect(tokenSentence({ ...one, expiresAt: undefined }, TS)).toBe("valid");
    expect(tokenSentence(one, TS + DAY_MS)).toContain("must be let in again");
    expect([endsSoon(one, TS), endsSoon({ ...one, expiresAt: TS + 15 * DAY_MS }, TS), endsSoon(one, TS + DAY_MS)]).toEqual([true, false, false]);
    expect([canConnect(device, TS), canConnect(device, TS + DAY_MS)]).toEqual([true, false]);
    expect([toneOf({ ...device, connected: true }, TS), toneOf(device, TS), toneOf(device, TS + DAY_MS)]).toEqual(["ok", "calm", "warn"]);
  });
});

describe("what ends", () => {
  test("is told for the keys that end, and only while they work", () => {
    const node = { ...device.tokens[0]!, role: "node", scopes: [] };
    const both = { ...device, connected: true, tokens: [...device.tokens, node] };
    const { connection, rights, node: ofNode, nothing } = strings.devices.ends;
    expect(endsOf(both, ["operator"], TS)).toEqual([connection, rights("administer")]);
    expect(endsOf(both, ["node"], TS)).toEqual([connection, ofNode]);
    expect(endsOf({ ...both, connected: false }, ["operator", "node"], TS)).toEqual([rights("administer"), ofNode]);
    expect(endsOf(both, ["operator", "node"], TS + DAY_MS)).toEqual([nothing]);
  });
});

describe("nobody is locked out unawares", () => {
  const own = { ...device, own: true };
  let warn: (device: PairedDevice, role: string | undefined, all: PairedDevice[], now?: number) => readonly string[];
  beforeEach(() => {
    warn = (one, role, all, now = TS) => lockoutWarnings(one, role, all, now);
  });

  test("the browser at hand warns, and the last one that may administer", () => {
    expect(warn(own, "operator", [own, other])).toEqual([strings.devices.lockout.own]);
    expect(warn(own, undefined, [own])).toEqual([strings.devices.lockout.own, strings.devices.lockout.last]);
    expect(warn(other, "operator", [other])).toEqual([strings.devices.lockout.last]);
    expect(warn(other, "operator", [own, other])).toEqual([]);
  });

  test("another one counts only if it can come in and may administer", () => {
    const reader = { ...other, tokens: other.tokens.map((one) => ({ ...one, scopes: ["operator.read"] })) };
    const gone = { ...other, tokens: other.tokens.map((one) => ({ ...one, revokedAt: TS })) };
    const node = { ...other, tokens: other.tokens.map((one) => ({ ...one, role: "node" })) };
    for (const useless of [reader, gone, node]) {
      expect(warn(own, "operator", [own, useless])).toContain(strings.devices.lockout.last);
    }
  });

  test("the key of a node locks nobody out", () => {
    expect(warn(own, "node", [own])).toEqual([]);
  });
});
