const MINUTE_MS = 60_000;

/** Accounts in every state that a card can show, people, a dead letter and its way. */
export class FakeChannels {
  #gateway;
  calls = [];
  accounts;
  requests;
  senders;
  parts;

  constructor(gateway, now = Date.now()) {
    this.#gateway = gateway;
    this.accounts = accountsAt(now);
    this.requests = [asking(now, "4242", "Ben Okafor", "K7QX2M9P")];
    this.senders = [{ channel: "telegram", accountId: "home", senderId: "7001", name: "Ana", owner: true, sinceMs: now - 90 * MINUTE_MS }];
    this.parts = [deadPart(now)];
    this.#serve("channels.status", () => status(this.accounts));
    this.#serve("channels.logout", ({ channel, accountId }) => ({ channel, accountId, cleared: true, loggedOut: false, remainsIn: "env" }));
    this.#serve("channels.pairing.list", () => ({ ts: Date.now(), requests: this.requests }));
    this.#serve("channels.senders.list", () => ({ ts: Date.now(), senders: this.senders }));
    this.#serve("channels.pairing.approve", (params) => this.#approve(params));
    this.#serve("channels.pairing.dismiss", (params) => this.#dismiss(params));
    this.#serve("outbox.list", () => ({ ts: Date.now(), parts: this.parts }));
    this.#serve("outbox.retry", () => ({ ok: true, retried: this.parts.splice(0, 1).length === 1 }));
    this.#serve("outbox.drop", () => ({ ok: true, dropped: this.parts.splice(0, 1).length === 1 }));
    this.#serve("messages.trace", ({ id }) => ({ ts: Date.now(), messages: id === "nobody" ? [] : [wayOf(deadPart(now), now)] }));
  }

  #serve(method, answer) {
    this.#gateway.answers.set(method, (params) => {
      this.calls.push([method, params]);
      return answer(params);
    });
  }

  #approve({ code, owner = false }) {
    const { name, senderId, channel, accountId } = this.requests.find((one) => one.code === code);
    const sender = { channel, accountId, senderId, name, owner, sinceMs: Date.now() };
    this.requests = this.requests.filter((one) => one.code !== code);
    this.senders.push(sender);
    return { ok: true, sender };
  }

  #dismiss({ senderId }) {
    const stays = (one) => one.senderId !== senderId;
    this.requests = this.requests.filter(stays);
    this.senders = this.senders.filter(stays);
    return { ok: true, removed: true };
  }

  /** Somebody else asks. */
  ask(senderId, name, code) {
    const request = asking(Date.now(), senderId, name, code);
    this.requests.push(request);
    this.#gateway.event("channels.pairing.requested", request);
  }

  /** An account changes, and the event tells it. */
  change(accountId, more) {
    this.accounts = this.accounts.map((one) =>
      one.accountId === accountId ? { ...one, stateReason: undefined, nextTryAtMs: undefined, stateSinceMs: Date.now(), ...more } : one,
    );
    this.#gateway.event("channels.changed", { ts: Date.now(), accounts: this.accounts });
  }
}

function status(accounts) {
  const labels = { telegram: "Telegram", discord: "Discord", slack: "Slack" };
  const order = Object.keys(labels).filter((id) => accounts.some((one) => one.channel === id));
  return {
    ts: Date.now(),
    channelOrder: order,
    channelLabels: labels,
    channelAccounts: Object.fromEntries(order.map((id) => [id, accounts.filter((one) => one.channel === id)])),
  };
}

function accountsAt(now) {
  const row = { enabled: true, configured: true, required: false, open: 0, dead: 0, mode: "polling", dmPolicy: "pairing", tokenSource: "env", allowFrom: [] };
  const live = { atMs: now - 40 * MINUTE_MS, state: "live" };
  const starting = { atMs: now - 41 * MINUTE_MS, state: "starting" };
  return [
    {
      ...row, channel: "telegram", accountId: "home", name: "Home", required: true, state: "live",
      stateSinceMs: now - 40 * MINUTE_MS, lastInboundAt: now - 2 * MINUTE_MS, lastOutboundAt: now - 1.9 * MINUTE_MS, lastProofAtMs: now - 8_000,
      probe: { ok: true, elapsedMs: 84, bot: { id: "70", username: "ana_home_bot", name: "Ana at home" }, notes: ["Privacy mode is on: in groups only mentions arrive."] },
      lastEvents: [starting, { atMs: now - 40.5 * MINUTE_MS, state: "connecting" }, live],
    },
    {
      ...row, channel: "discord", accountId: "default", state: "backoff", stateReason: "the network does not answer", mode: "socket",
      stateSinceMs: now - 5_000, nextTryAtMs: now + 55_000, reconnectAttempts: 2, open: 3, dead: 1, lastInboundAt: now - 11 * MINUTE_MS, lastProofAtMs: now - MINUTE_MS,
      probe: { ok: false, error: "the network does not answer", elapsedMs: 8_000, bot: { id: "90", username: "harbour" }, notes: [] },
      lastEvents: [starting, live, { atMs: now - 5_000, state: "backoff", reason: "the network does not answer" }],
    },
    {
      ...row, channel: "slack", accountId: "work", name: "Work", state: "needs-login", stateReason: "the token was revoked; run “tidegate channels add slack”",
      mode: "socket", stateSinceMs: now - 3 * MINUTE_MS, tokenSource: "file", lastEvents: [starting, { atMs: now - 3 * MINUTE_MS, state: "needs-login", reason: "the token was revoked" }],
    },
  ];
}

function asking(now, senderId, name, code) {
  return { channel: "telegram", accountId: "home", senderId, name, code, createdAtMs: now, expiresAtMs: now + 58 * MINUTE_MS };
}

function deadPart(now) {
  return {
    no: 17, id: "r9:0", part: 0, parts: 2, channel: "discord", accountId: "default", to: "1001234", chatType: "group", threadId: "7", kind: "text",
    text: "The wash is done, and the tide turns at half past nine.", state: "dead", attempts: 4, createdAtMs: now - 60_000, expiresAtMs: now + 30 * MINUTE_MS,
    maybeSentSinceMs: now - 50_000, settledAtMs: now - 1_000, error: "the bot was removed from the group",
    sessionKey: "agent:main:discord:group:1001234", runId: "r9",
  };
}

function wayOf(part, now) {
  const { channel, accountId, sessionKey } = part;
  return {
    inbound: {
      channel, accountId, from: part.to, chatType: "group", threadId: "7", senderId: "4242", providerId: "9001", messageId: "811",
      sentAtMs: now - 70_000, arrivedAtMs: now - 69_000, state: "answered", endedAtMs: now - 60_000, sessionKey,
    },
    run: { runId: "r9", sessionKey, state: "ended", acceptedAtMs: now - 69_000, startedAtMs: now - 68_900, endedAtMs: now - 60_000, status: "ok" },
    parts: [part, { ...part, no: 18, id: "r9:1", part: 1, state: "sent", maybeSentSinceMs: undefined, settledAtMs: now - 500, messageId: "813", error: undefined, attempts: 1 }],
  };
}
