import { memo } from "preact/compat";
import { refreshConversation, turns } from "../state/conversation.ts";
import { hello } from "../state/gateway.ts";
import { outboxItems, saidCount, say } from "../state/outbox.ts";
import { openKey } from "../state/sessions.ts";
import { liveEntries } from "../state/timeline.ts";
import { attached, resultsOf } from "../state/tools.ts";
import { strings } from "../strings.ts";
import type { Message } from "../wire/message.ts";
import { DownIcon, Logo } from "./icons.tsx";
import { LiveEntry } from "./live-entry.tsx";
import { MessageView } from "./message.tsx";
import { Notice } from "./notice.tsx";
import { useScroll } from "./use-scroll.ts";
import type { Range } from "./window.ts";

const words = strings.chat;

export function Conversation() {
  const now = turns.value;
  const live = liveEntries(now, outboxItems.value);
  const { scroller, range, follows, onScroll, jump } = useScroll(now, saidCount.value);
  const atEnd = range.end === now.messages.length;
  const empty = now.phase === "ready" && now.messages.length === 0 && live.length === 0;
  return (
    <div class="conversation">
      <div class="scroller" ref={scroller} onScroll={onScroll} tabIndex={0} role="group"
        aria-label={words.region}>
        {empty ? (
          <Greeting />
        ) : (
          <div class="column">
            <Beginning olderExists={range.start > 0 || now.nextBefore !== undefined} />
            <Stored messages={now.messages} range={range} />
            {atEnd && live.map((entry) => (
              <div key={entry.key} data-key={entry.key}><LiveEntry entry={entry} /></div>
            ))}
          </div>
        )}
      </div>
      <Notice />
      {!follows && !empty && <Jump onClick={jump} fresh={live.length > 0} />}
    </div>
  );
}

interface StoredProps {
  messages: readonly Message[];
  range: Range;
}

/** Untouched while an answer streams in below. */
const Stored = memo(
  ({ messages, range }: StoredProps) => {
    const results = resultsOf(messages);
    const withCalls = attached(messages);
    const drawn = messages.slice(range.start, range.end).filter((one) => !withCalls.has(one));
    return (
      <>
        {drawn.map((message) => (
          <div key={message.key} data-key={message.key}>
            <MessageView message={message} results={message.tools.length > 0 ? results : undefined} />
          </div>
        ))}
      </>
    );
  },
  (before, after) =>
    before.messages === after.messages &&
    before.range.start === after.range.start &&
    before.range.end === after.range.end,
);

function Beginning({ olderExists }: { olderExists: boolean }) {
  const now = turns.value;
  if (now.phase === "failed") {
    return (
      <div class="problem" role="alert">
        <p>{words.failed(now.failure ?? "")}</p>
        <button type="button" class="quiet small" onClick={() => void refreshConversation()}>
          {strings.retry}
        </button>
      </div>
    );
  }
  if (now.phase === "loading") return <p class="edge">{words.loading}</p>;
  return <p class="edge">{olderExists ? words.loadingOlder : words.beginning}</p>;
}

function Greeting() {
  const words = strings.empty;
  return (
    <div class="greeting">
      <Logo size={48} />
      <h2>{words.title}</h2>
      <p class="lead">{hello.value?.modelConfigured === false ? words.noModel : words.lead}</p>
      <ul class="starters">
        {words.starters.map((starter) => (
          <li key={starter.text}>
            <button type="button" onClick={() => begin(starter.text)}>
              <span>{starter.label}</span>
              <code>{starter.hint}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function begin(text: string): void {
  say(openKey.value, text);
  document.getElementById("message")?.focus();
}

function Jump({ onClick, fresh }: { onClick: () => void; fresh: boolean }) {
  return (
    <button type="button" class="jump" onClick={onClick}>
      <DownIcon />{fresh ? words.jumpNew : words.jump}
    </button>
  );
}
