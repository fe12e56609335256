const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
export const OWN = "a1".repeat(32);
export const PHONE = "b2".repeat(32);
export const NODE = "c3".repeat(32);
const ALL = ["operator.admin", "operator.read", "operator.write", "operator.approvals", "operator.pairing"];

/** Devices, nodes and commands that wait, as a gateway tells of them; it does what the page asks. */
export class FakeMachines {
  #gateway;
  calls = [];
  pending;
  paired;
  nodes;
  queue;
  /** Commands that wait for a person. */
  asked = [];
  rulesHash = "hash";
  rules = rulesAt(Date.now());
  /** What the node keeps. */
  nodeRules = { version: 1, defaults: { security: "allowlist" }, agents: { main: { ask: "always" } } };
  /** Questions that are over, the newest end first. */
  ended = [];

  constructor(gateway, now = Date.now()) {
    this.#gateway = gateway;
    this.pending = [wideRequest(now), nodeRequest(now)];
    this.paired = pairedAt(now);
    this.nodes = nodesAt(now);
    this.queue = [{ id: "q1", nodeId: PHONE, command: "system.notify", queuedAtMs: now - MINUTE_MS, expiresAtMs: now + 9 * MINUTE_MS }];
    this.#serve("device.pair.list", () => ({ pending: this.pending, paired: this.paired }));
    this.#serve("device.pair.approve", ({ requestId }) => this.#approve(requestId));
    this.#serve("device.pair.reject", ({ requestId }) => this.#drop(requestId, "rejected"));
    this.#serve("device.pair.rename", ({ deviceId, label }) => this.#change(deviceId, { label }));
    this.#serve("device.trust.set", ({ deviceId, trust }) => this.#trust(deviceId, trust));
    this.#serve("device.token.rotate", ({ deviceId, role }) => ({ deviceId, role, token: "fresh-token-of-the-device", scopes: [], rotatedAtMs: Date.now() }));
    this.#serve("device.token.revoke", ({ deviceId, role }) => this.#revoke(deviceId, role));
    this.#serve("device.pair.remove", ({ deviceId }) => this.#remove(deviceId));
    this.#serve("device.pair.setupCode", ({ bootstrapProfile = "full" }) => setupCode(bootstrapProfile));
    this.#serve("node.list", () => ({ ts: Date.now(), nodes: this.nodes }));
    this.#serve("node.pending.list", () => ({ ts: Date.now(), pending: this.queue }));
    this.#serve("node.pending.cancel", ({ id }) => this.#cancel(id));
    this.#serve("node.rename", ({ nodeId, displayName }) => this.#renameNode(nodeId, displayName));
    this.#serve("node.invoke", (params) => this.#invoke(params));
    this.#serve("exec.approvals.get", () => ({ path: "tidegate.db", exists: true, hash: this.rulesHash, file: this.rules }));
    this.#serve("exec.approvals.set", ({ file, baseHash }) => this.#setRules(file, baseHash));
    this.#serve("exec.approvals.node.get", () => this.#nodeRules());
    this.#serve("exec.approvals.node.set", ({ file }) => this.#nodeRules(file));
    this.#serve("exec.approval.list", () => this.asked);
    this.#serve("exec.approval.history", (params) => this.#history(params));
    this.#serve("agents.list", () => ({ defaultId: "main", mainKey: "main", scope: "per-sender", agents: [{ id: "main", name: "Ana’s helper" }, { id: "work" }] }));
    this.#serve("exec.approval.resolve", ({ id, decision }) => this.#resolve(id, decision));
  }

  #serve(method, answer) {
    this.#gateway.answers.set(method, (params) => {
      this.calls.push([method, params]);
      return answer(params);
    });
  }

  #approve(requestId) {
    const request = this.pending.find((one) => one.requestId === requestId);
    if (!request) return refusal("unknown requestId");
    const device = { ...deviceOf(request), connected: true };
    this.paired = [device, ...this.paired.filter((one) => one.deviceId !== request.deviceId)];
    return { ...this.#drop(requestId, "approved"), device };
  }

  #drop(requestId, decision) {
    const { deviceId } = this.pending.find((one) => one.requestId === requestId);
    this.pending = this.pending.filter((one) => one.requestId !== requestId);
    this.#gateway.event("device.pair.resolved", { requestId, deviceId, decision, ts: Date.now() });
    return { requestId, deviceId };
  }

  #change(deviceId, more) {
    this.paired = this.paired.map((one) => (one.deviceId === deviceId ? { ...one, ...more } : one));
    return { deviceId, ...more };
  }

  #trust(deviceId, trust) {
    const device = this.paired.find((one) => one.deviceId === deviceId);
    const change = { from: device.trust, to: trust, by: `device:${OWN}`, atMs: Date.now() };
    return this.#change(deviceId, { trust, trustChanges: [change, ...device.trustChanges] });
  }

  #revoke(deviceId, role) {
    const { tokens } = this.paired.find((one) => one.deviceId === deviceId);
    const revokedAtMs = Date.now();
    return this.#change(deviceId, { connected: false, tokens: tokens.map((one) => (one.role === role ? { ...one, revokedAtMs } : one)) });
  }

  #remove(deviceId) {
    this.paired = this.paired.filter((one) => one.deviceId !== deviceId);
    return { deviceId, removedAtMs: Date.now() };
  }

  #cancel(id) {
    this.queue = this.queue.filter((one) => one.id !== id);
    return { ok: true, cancelled: true };
  }

  #renameNode(nodeId, displayName) {
    this.nodes = this.nodes.map((one) => (one.nodeId === nodeId ? { ...one, displayName } : one));
    return { nodeId, displayName };
  }

  #invoke({ nodeId, command, params, queue }) {
    if (queue) {
      const queued = { id: "q2", nodeId, command, queuedAtMs: Date.now(), expiresAtMs: Date.now() + 10 * MINUTE_MS };
      this.queue.push(queued);
      return { ok: true, nodeId, command, payload: null, payloadJSON: null, queued };
    }
    if (!this.nodes.find((one) => one.nodeId === nodeId).connected) return refusal("node not connected", "UNAVAILABLE");
    const bins = Object.fromEntries((params?.bins ?? []).map((name) => [name, `/usr/bin/${name}`]));
    return { ok: true, nodeId, command, payload: { bins }, payloadJSON: null };
  }

  #resolve(id, decision) {
    const asked = this.asked.find((one) => one.id === id);
    if (!asked) return refusal("unknown approval id");
    this.end(id, decision, `device:${OWN}`);
    return { ok: true };
  }

  #nodeRules(file = this.nodeRules) {
    this.nodeRules = file;
    return { path: "/var/lib/tidegate-node/exec-approvals.json", exists: true, hash: JSON.stringify(file), file };
  }

  #setRules(file, baseHash) {
    if (baseHash !== this.rulesHash) return refusal("exec approvals changed since last load; re-run exec.approvals.get and retry");
    this.rules = file;
    this.rulesHash = `${this.rulesHash}+`;
    return { path: "tidegate.db", exists: true, hash: this.rulesHash, file };
  }

  #history({ limit = 50, before }) {
    const start = before === undefined ? 0 : this.ended.findIndex(({ id }) => id === before) + 1;
    const ended = this.ended.slice(start, start + limit);
    return { ended, ...(start + limit < this.ended.length ? { nextBefore: ended.at(-1).id } : {}) };
  }

  /** Somebody else changes the rules. */
  changeRules(rules) {
    this.rules = rules;
    this.rulesHash = `${this.rulesHash}+`;
  }

  /** A device asks. */
  request(more = {}) {
    const request = { ...nodeRequest(Date.now()), requestId: "r-late", deviceId: "d4".repeat(32), displayName: "Late lamp", ...more };
    this.pending = [request, ...this.pending];
    this.#gateway.event("device.pair.requested", request);
  }

  /** An agent wants to run a program. */
  ask(id, argv, more = {}, leftMs = 2 * MINUTE_MS) {
    const asked = askedOf(id, argv, more, leftMs);
    this.asked.push(asked);
    this.#gateway.event("exec.approval.requested", asked);
  }

  /** A question ends, by somebody or by itself. */
  end(id, outcome, resolvedBy = null) {
    const asked = this.asked.find((one) => one.id === id);
    this.asked = this.asked.filter((one) => one.id !== id);
    const endedAtMs = Date.now();
    this.ended.unshift({ ...asked, outcome, resolvedBy, endedAtMs, ...(outcome.startsWith("allow-") ? { usedAtMs: endedAtMs + 5 } : {}) });
    const decision = outcome === "expired" || outcome === "withdrawn" ? null : outcome;
    this.#gateway.event("exec.approval.resolved", { id, decision, resolvedBy, ts: Date.now(), outcome });
  }
}

function refusal(message, code = "INVALID_REQUEST") {
  return { error: { code, message } };
}

function wideRequest(now) {
  return {
    requestId: "r-wide", deviceId: "e5".repeat(32), publicKey: "key", displayName: "Ana’s laptop", platform: "macos", deviceFamily: "Mac", clientId: "cli", clientMode: "cli",
    role: "operator", roles: ["operator"], scopes: ALL, grantedScopes: ["operator.read", "operator.questions"], remoteIp: "192.168.1.20", silent: false, isRepair: true,
    expiresAtMs: now + 4 * MINUTE_MS, ts: now - 20_000,
  };
}

function nodeRequest(now) {
  return {
    requestId: "r-node", deviceId: "f6".repeat(32), publicKey: "key", displayName: "Harbour camera", platform: "linux", clientId: "node-host", clientMode: "node",
    role: "node", roles: ["node"], scopes: [], grantedScopes: [], commands: ["camera.snap", "canvas.present", "file.read", "system.run"], remoteIp: "192.168.1.41", silent: false, isRepair: false, expiresAtMs: now + 5 * MINUTE_MS, ts: now - 3_000,
  };
}

function deviceOf({ requestId: _, grantedScopes: __, isRepair: ___, ts, expiresAtMs: ____, silent: _____, ...said }) {
  const token = { role: said.role, scopes: said.scopes, createdAtMs: ts, expiresAtMs: ts + 90 * DAY_MS };
  return { ...said, tokens: [token], createdAtMs: ts, approvedAtMs: ts, trust: "untrusted", trustChanges: [], connected: false, own: false };
}

function pairedAt(now) {
  const token = (role, more) => ({ role, scopes: role === "node" ? [] : ALL, createdAtMs: now - 40 * DAY_MS, expiresAtMs: now + 50 * DAY_MS + 60 * MINUTE_MS, ...more });
  return [
    {
      deviceId: PHONE, publicKey: "key", label: "Ana’s phone", displayName: "iPhone", platform: "ios", deviceFamily: "iPhone", clientId: "ios-app", clientMode: "ui", role: "operator", roles: ["operator", "node"],
      scopes: ["operator.read", "operator.write", "operator.approvals"], remoteIp: "192.168.1.33", createdAtMs: now - 40 * DAY_MS, approvedAtMs: now - 40 * DAY_MS, trust: "trusted",
      trustChanges: [{ from: "verified", to: "trusted", by: "owner", atMs: now - 3 * DAY_MS }, { from: "untrusted", to: "verified", by: `device:${OWN}`, atMs: now - 30 * DAY_MS }],
      connected: true, own: false,
      tokens: [token("operator", { scopes: ["operator.read", "operator.write", "operator.approvals"], lastUsedAtMs: now - 90_000, lastUsedFrom: "192.168.1.33" }), token("node", { revokedAtMs: now - DAY_MS })],
    },
    {
      deviceId: OWN, publicKey: "key", displayName: "Chromium on Linux", platform: "web", clientId: "tidegate-webchat", clientMode: "webchat", role: "operator", roles: ["operator"], scopes: ALL,
      createdAtMs: now - 12 * DAY_MS, approvedAtMs: now - 12 * DAY_MS, trust: "verified", trustChanges: [], connected: true, own: true, tokens: [token("operator", { lastUsedAtMs: now - 4_000 })],
    },
    {
      deviceId: "d0".repeat(32), publicKey: "key", displayName: "old-tablet", platform: "android", role: "operator", roles: ["operator"], scopes: ["operator.read"], createdAtMs: now - 200 * DAY_MS, approvedAtMs: now - 200 * DAY_MS,
      trust: "untrusted", trustChanges: [], connected: false, own: false, tokens: [token("operator", { scopes: ["operator.read"], expiresAtMs: now - DAY_MS, lastUsedAtMs: now - 100 * DAY_MS, lastUsedFrom: "10.0.0.9" })],
    },
  ];
}

function nodesAt(now) {
  return [
    {
      nodeId: NODE, displayName: "Workshop machine", platform: "linux", version: "0.4.0", remoteIp: "192.168.1.50", caps: ["canvas", "files", "system"], commands: ["canvas.present", "file.list", "system.execApprovals.get", "system.execApprovals.set", "system.run", "system.which"],
      blockedCommands: ["camera.snap", "file.write"], unapprovedCommands: ["system.notify"], permissions: { camera: true, screenRecording: false }, connectedAtMs: now - 8 * 60 * MINUTE_MS, paired: true, connected: true,
    },
    { nodeId: PHONE, displayName: "Ana’s phone", platform: "ios", deviceFamily: "iPhone", caps: [], commands: [], permissions: {}, waiting: 1, paired: true, connected: false },
  ];
}

function rulesAt(now) {
  const git = { pattern: "/usr/bin/git", sha256: "07".repeat(32), argv: ["git", "pull", "--ff-only"], cwd: "/home/ana/harbour", id: "e1", addedAt: now - 3 * DAY_MS, lastUsedAt: now - 60 * MINUTE_MS };
  return {
    version: 1, fromElsewhere: { kept: true }, defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny" },
    agents: { main: { allowlist: [git, { pattern: "/opt/tools/*" }], note: "kept" }, work: { ask: "always" } },
  };
}

function setupCode(access) {
  const words = { url: "ws://127.0.0.1:18789", bootstrapToken: "one-time-token-that-is-shown-once-0123456789", expiresAtMs: Date.now() + 10 * MINUTE_MS };
  return {
    setupCode: Buffer.from(JSON.stringify(words)).toString("base64url"), gatewayUrl: words.url, auth: "token", urlSource: "bind",
    access: access === "full" ? "limited" : access, ...(access === "full" ? { accessDowngraded: true } : {}), expiresAtMs: words.expiresAtMs,
  };
}

function askedOf(id, argv, more, leftMs) {
  const now = Date.now();
  const lines = [
    { label: "command", text: argv.join(" ") },
    { label: "program", text: `/usr/bin/${argv[0]} (SHA-256 ${"07".repeat(32)})` },
    { label: "in", text: "/home/ana/harbour (inode 2 of device 1)" },
    { label: "with variable", text: "TIDE=high" },
    { label: "on", text: "the gateway's machine" },
    { label: "as user", text: "1000" },
  ];
  return {
    id,
    request: {
      command: argv.join(" "), cwd: "/home/ana/harbour", host: "gateway", security: null, ask: null, agentId: "main", resolvedPath: `/usr/bin/${argv[0]}`, sessionKey: "agent:main:main", runId: "run-1",
      argv, lines, subjectHash: "3d".repeat(32), allowedDecisions: ["allow-once", "allow-always", "deny"], why: "it is not in the allowlist", ...more,
    },
    createdAtMs: now,
    expiresAtMs: now + leftMs,
  };
}
