import type { OutboxItem } from "@tidegate/client";
import { removeFromQueue } from "../state/conversation.ts";
import { isReady } from "../state/gateway.ts";
import { sayAgain, takeBack } from "../state/outbox.ts";
import type { Entry } from "../state/timeline.ts";
import type { RunView } from "../state/turns.ts";
import { strings } from "../strings.ts";
import { AlertIcon, ClockIcon, CloseIcon } from "./icons.tsx";
import { MarkdownView } from "./markdown-view.tsx";
import { MessageView, Thinking, UserMessage } from "./message.tsx";
import { ToolList } from "./tool-card.tsx";

const words = strings.chat;

/** Rows that the history does not hold yet. */
export function LiveEntry({ entry }: { entry: Entry }) {
  switch (entry.kind) {
    case "message":
      return <MessageView message={entry.message} />;
    case "mine":
      return <UserMessage text={entry.text} at={entry.at} />;
    case "run":
      return <RunningAnswer run={entry.run} />;
    case "queued":
      return <QueuedMessage runId={entry.runId} text={entry.text} />;
    case "unsent":
      return <UnsentMessage item={entry.item} />;
  }
}

function RunningAnswer({ run }: { run: RunView }) {
  return (
    <article class="turn assistant running" aria-label={words.working} aria-busy="true">
      {run.thinking && <Thinking text={run.thinking} live={run.text === ""} />}
      {run.text && <MarkdownView text={run.text} />}
      <ToolList tools={run.tools} runId={run.runId} />
      <p class={run.text ? "tide low" : "tide"} aria-hidden="true"><i /><i /><i /></p>
    </article>
  );
}

function QueuedMessage({ runId, text }: { runId: string; text: string }) {
  return (
    <article class="turn user pending" aria-label={words.queued}>
      <div class="bubble">{text}</div>
      <p class="meta">
        <ClockIcon />{words.queued}, {words.queuedHint}
        <button type="button" class="quiet tiny" aria-label={words.unqueue} title={words.unqueue}
          onClick={() => void removeFromQueue(runId)}>
          <CloseIcon />
        </button>
      </p>
    </article>
  );
}

function UnsentMessage({ item }: { item: OutboxItem }) {
  const failed = item.status === "failed";
  return (
    <article class="turn user pending" aria-label={failed ? words.notSent : words.sending}>
      <div class="bubble">{item.text}</div>
      {failed ? (
        <div class="problem compact" role="alert">
          <AlertIcon />
          <p>{words.notSent}: {item.error}</p>
          <button type="button" class="quiet small" onClick={() => sayAgain(item.key)}>{strings.retry}</button>
          <button type="button" class="quiet small" onClick={() => takeBack(item.key)}>{words.discard}</button>
        </div>
      ) : (
        <p class="meta"><ClockIcon />{isReady.value ? words.sending : words.waiting}</p>
      )}
    </article>
  );
}
