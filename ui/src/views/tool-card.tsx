import { memo } from "preact/compat";
import { review, waiting } from "../state/approvals.ts";
import { turns } from "../state/conversation.ts";
import { isCardOpen, rememberCard } from "../state/open-cards.ts";
import { gist, type Results, type ToolView, toolViews, wordsOf } from "../state/tools.ts";
import { strings } from "../strings.ts";
import { toolStrings as words } from "../strings-tools.ts";
import type { Message } from "../wire/message.ts";
import { VisibleText } from "./approvals/visible-text.tsx";
import { CopyButton } from "./copy-button.tsx";

/** Longest line in a closed card, in characters. */
const GIST_CHARS = 160;

type Tool = Omit<ToolView, "pictures"> & { pictures?: ToolView["pictures"] };

/** The calls of a stored message. Only those without a result look at the run at work. */
export function ToolCards({ message, results }: { message: Message; results: Results }) {
  const stored = toolViews(message, results, undefined);
  const open = stored.some((tool) => tool.state === "unknown");
  const tools = open ? toolViews(message, results, turns.value.run) : stored;
  return <ToolList tools={tools} runId={message.runId} />;
}

/** The calls of one round: they are carried out in order, so a question of their run is that of the one at work. */
export function ToolList({ tools, runId }: { tools: readonly Tool[]; runId: string | undefined }) {
  const atWork = tools.find((tool) => tool.state === "running");
  const asked = atWork && runId ? waiting.value.find((one) => one.runId === runId) : undefined;
  return <>{tools.map((tool) => <ToolCard key={tool.id} tool={tool} askedId={tool === atWork ? asked?.id : undefined} />)}</>;
}

interface ToolCardProps {
  tool: Tool;
  /** The question that this call waits for. */
  askedId?: string;
}

/** One call: closed it says what and how it went, open it shows all of it. */
const ToolCard = memo(({ tool, askedId }: ToolCardProps) => {
  const line = gist(tool.input);
  return (
    <>
      <details class={askedId ? "tool asks" : `tool ${tool.state}`} open={isCardOpen(tool.id)}
        onToggle={(event) => rememberCard(tool.id, event.currentTarget.open)}>
        <summary>
          <span class="tool-name">{tool.name}</span>
          <span class="tool-gist"><VisibleText text={line.slice(0, GIST_CHARS)} /></span>
          <StateMark word={askedId ? words.asks : words.states[tool.state]} />
        </summary>
        <Body tool={tool} />
      </details>
      {askedId && (
        <p class="tool-asks">
          <span>{words.asksHint}</span>
          <button type="button" class="primary" onClick={() => review(askedId)}>{strings.approvals.bar.review}</button>
        </p>
      )}
    </>
  );
});

function Body({ tool }: { tool: Tool }) {
  return (
    <div class="tool-body">
      {tool.input.length > 0 && (
        <dl aria-label={words.input}>
          {tool.input.map((one) => (
            <div key={one.name}><dt>{one.name}</dt><dd><InputValue value={one.value} /></dd></div>
          ))}
        </dl>
      )}
      <Output tool={tool} />
      {tool.pictures?.map((picture, index) => (
        <img key={index} src={`data:${picture.mime};base64,${picture.data}`} alt={words.picture(tool.name)} />
      ))}
    </div>
  );
}

/** A list of words stands word by word, so that no blank joins or parts them. */
function InputValue({ value }: { value: string }) {
  const list = wordsOf(value);
  if (!list) return <VisibleText text={value} />;
  return <span class="tool-words">{list.map((one, index) => <span key={index}><VisibleText text={one} /></span>)}</span>;
}

function Output({ tool }: { tool: Tool }) {
  const running = tool.state === "running";
  if (tool.output === "") return running ? null : <p class="tool-nothing">{words.nothing}</p>;
  const label = running ? words.outputSoFar : words.output;
  return (
    <>
      <pre tabIndex={0} role="group" aria-label={label}><bdi>{tool.output}</bdi></pre>
      {!running && <CopyButton text={tool.output} label={words.copy} done={strings.chat.copied} />}
    </>
  );
}

function StateMark({ word }: { word: string }) {
  return <span class="tool-state"><i aria-hidden="true" />{word}</span>;
}
