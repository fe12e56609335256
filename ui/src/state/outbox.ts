import { Outbox, type OutboxItem } from "@tidegate/client";
import { signal } from "@preact/signals";
import { object, text } from "../wire/read.ts";
import { accepted } from "./turns.ts";
import { changeTurns, refreshConversation } from "./conversation.ts";
import { returnToDraft } from "./drafts.ts";
import { gateway, isReady } from "./gateway.ts";
import { sessionsChanged } from "./sessions.ts";
import { keep, recall, tab } from "./storage.ts";

const restored = recall<OutboxItem[]>(tab, "outbox", []);
export const outboxItems = signal<readonly OutboxItem[]>(restored);

const outbox = new Outbox(
  {
    ready: () => isReady.value,
    send: (item) =>
      gateway().call("chat.send", {
        sessionKey: item.sessionKey,
        message: item.text,
        idempotencyKey: item.key,
      }),
    accepted: (item, answer) => {
      const reply = object(answer);
      const status = text(reply.status) ?? "started";
      const done = status === "ok" || status === "error" || status === "aborted";
      const runId = text(reply.runId);
      // A stop word: it ended the runs of the conversation and started none.
      if (runId === undefined) return void refreshConversation();
      changeTurns(item.sessionKey, (turns) =>
        accepted(
          turns,
          { runId, text: item.text, at: item.at },
          { queued: reply.queued === true, done },
        ),
      );
      sessionsChanged();
    },
    changed: (items) => {
      outboxItems.value = items;
      keep(tab, "outbox", items);
    },
  },
  restored,
);

/** Grows with each message that is said here: the reader wants to see it. */
export const saidCount = signal(0);

/** Sends now, or as soon as the gateway is there. */
export function say(sessionKey: string, message: string): void {
  saidCount.value += 1;
  outbox.add({ key: crypto.randomUUID(), sessionKey, text: message, at: Date.now() });
}

export function sayAgain(key: string): void {
  outbox.retry(key);
}

export function takeBack(key: string): void {
  const item = outbox.remove(key);
  if (item) returnToDraft(item.sessionKey, item.text);
}

export function flushOutbox(): void {
  void outbox.flush();
}
