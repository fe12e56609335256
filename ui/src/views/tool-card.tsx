import { memo } from "preact/compat";
import { turns } from "../state/conversation.ts";
import { gist, type Results, type ToolState, type ToolView, toolViews } from "../state/tools.ts";
import { toolStrings as words } from "../strings-tools.ts";
import type { Message } from "../wire/message.ts";
import { VisibleText } from "./approvals/visible-text.tsx";

/** Longest line in a closed card, in characters. */
const GIST_CHARS = 160;

/** The calls of a stored message. Only those without a result look at the run at work. */
export function ToolCards({ message, results }: { message: Message; results: Results }) {
  const stored = toolViews(message, results, undefined);
  const open = stored.some((tool) => tool.state === "unknown");
  const tools = open ? toolViews(message, results, turns.value.run) : stored;
  return <>{tools.map((tool) => <ToolCard key={tool.id} tool={tool} />)}</>;
}

interface ToolCardProps {
  tool: Omit<ToolView, "pictures"> & { pictures?: ToolView["pictures"] };
}

/** One call: closed it says what and how it went, open it shows all of it. */
export const ToolCard = memo(({ tool }: ToolCardProps) => {
  const line = gist(tool.input);
  return (
    <details class={`tool ${tool.state}`}>
      <summary>
        <span class="tool-name">{tool.name}</span>
        <span class="tool-gist"><VisibleText text={line.slice(0, GIST_CHARS)} /></span>
        <StateMark state={tool.state} />
      </summary>
      <div class="tool-body">
        {tool.input.length > 0 && (
          <dl aria-label={words.input}>
            {tool.input.map((one) => (
              <div key={one.name}><dt>{one.name}</dt><dd><VisibleText text={one.value} /></dd></div>
            ))}
          </dl>
        )}
        <Output tool={tool} />
        {tool.pictures?.map((picture, index) => (
          <img key={index} src={`data:${picture.mime};base64,${picture.data}`} alt={words.picture(tool.name)} />
        ))}
      </div>
    </details>
  );
});

function Output({ tool }: ToolCardProps) {
  const running = tool.state === "running";
  if (tool.output === "") return running ? null : <p class="tool-nothing">{words.nothing}</p>;
  const label = running ? words.outputSoFar : words.output;
  return <pre tabIndex={0} role="group" aria-label={label}><bdi>{tool.output}</bdi></pre>;
}

function StateMark({ state }: { state: ToolState }) {
  return <span class="tool-state"><i aria-hidden="true" />{words.states[state]}</span>;
}
