import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { clockTime, fullTime, plainCount } from "../format.ts";
import { traceFromHere } from "../state/delivery.ts";
import { show } from "../state/route.ts";
import { openHasOrigin } from "../state/sessions.ts";
import type { Results } from "../state/tools.ts";
import { strings } from "../strings.ts";
import { readCanvasWords } from "../wire/canvas-words.ts";
import type { Message } from "../wire/message.ts";
import { AlertIcon, CanvasIcon, CheckIcon, CopyIcon, TraceIcon } from "./icons.tsx";
import { MarkdownView } from "./markdown-view.tsx";
import { ToolCards } from "./tool-card.tsx";

const words = strings.chat;

const NO_RESULTS: Results = new Map();

interface MessageViewProps {
  message: Message;
  /** What its calls brought; only for a message with calls. */
  results?: Results;
}

/** One stored message. Values never change once read, so it is drawn once. */
export const MessageView = memo(({ message, results = NO_RESULTS }: MessageViewProps) => {
  switch (message.role) {
    case "user":
      return <UserMessage text={message.text} at={message.at} runId={message.runId} />;
    case "assistant":
      return <AssistantMessage message={message} results={results} />;
    default:
      return <SideMessage message={message} />;
  }
});

interface UserMessageProps {
  text: string;
  at: number;
  runId?: string;
}

export function UserMessage({ text, at, runId }: UserMessageProps) {
  return (
    <article class="turn user" aria-label={words.from(words.you, at ? fullTime(at) : "")}>
      <Bubble text={text} />
      {at > 0 && <p class="meta"><Time at={at} /><TraceButton runId={runId} /></p>}
    </article>
  );
}

/** What was typed; or what was done on a canvas, which the agent is told in words of ours. */
function Bubble({ text }: { text: string }) {
  // A guest may type the very same words, so in a conversation that a chat network brings they stay words.
  const done = openHasOrigin.value ? undefined : readCanvasWords(text);
  if (!done) return <div class="bubble">{text}</div>;
  const { didOn, did } = strings.canvas;
  return (
    <div class="bubble did">
      <p class="strong"><CanvasIcon />{done.node ? didOn(done.node, done.action) : did(done.action)}</p>
      <code>{done.told}</code>
    </div>
  );
}

function AssistantMessage({ message, results }: { message: Message; results: Results }) {
  const { text, thinking, tools, at } = message;
  return (
    <article class="turn assistant" aria-label={words.from(words.assistant, at ? fullTime(at) : "")}>
      {thinking && <Thinking text={thinking} live={false} />}
      {text && <MarkdownView text={text} />}
      {tools.length > 0 && <ToolCards message={message} results={results} />}
      <Ending message={message} />
      <p class="meta">
        <Time at={at} />
        {message.model && <span>{message.model}</span>}
        {message.tokens ? <span>{words.tokens(plainCount(message.tokens))}</span> : null}
        {text && <CopyButton text={text} />}
        <TraceButton runId={message.runId} />
      </p>
    </article>
  );
}

/** Tool results and notes: there for who wants them, closed for who does not. */
function SideMessage({ message }: { message: Message }) {
  const name = message.role === "tool" ? words.tool : words.system;
  return (
    <article class="turn side" aria-label={words.from(name, message.at ? fullTime(message.at) : "")}>
      <details class="fold">
        <summary>{name}</summary>
        <pre tabIndex={0} role="group" aria-label={name}>{message.text}</pre>
      </details>
    </article>
  );
}

export function Thinking({ text, live }: { text: string; live: boolean }) {
  return (
    <details class={live ? "fold thinking live" : "fold thinking"}>
      <summary>{live ? words.thinking : words.thought}</summary>
      <div class="fold-body">{text}</div>
    </details>
  );
}

/** How an answer ended, if not simply well. */
function Ending({ message }: { message: Message }) {
  switch (message.stopReason) {
    case "error":
      return (
        <div class="problem">
          <AlertIcon />
          <div>
            <p class="strong">{words.errorTitle}</p>
            <p>{message.error ?? words.error}</p>
          </div>
        </div>
      );
    case "aborted":
      return <p class="ending">{words.stopped}</p>;
    case "interrupted":
      return <p class="ending">{words.interrupted}</p>;
    case "length":
      return <p class="ending">{words.length}</p>;
    default:
      return null;
  }
}

function Time({ at }: { at: number }) {
  if (at === 0) return null;
  return <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>{clockTime(at)}</time>;
}

/** In a conversation that comes from a chat network: the way that this message took. */
function TraceButton({ runId }: { runId: string | undefined }) {
  if (!runId || !openHasOrigin.value) return null;
  const open = (): void => {
    traceFromHere(runId);
    show("channels");
  };
  const label = strings.channels.trace.of;
  return (
    <button type="button" class="quiet tiny" aria-label={label} title={label} onClick={open}>
      <TraceIcon />
    </button>
  );
}

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  const label = copied ? words.copied : words.copyMessage;
  return (
    <button type="button" class="quiet tiny" aria-label={label} title={label} onClick={copy}>
      {copied ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
