import { titleOf } from "../../session-title.ts";
import { nodeLabel } from "../../state/nodes.ts";
import { sessions } from "../../state/sessions.ts";
import { hiddenCount } from "../../state/visible.ts";
import { strings } from "../../strings.ts";
import type { Asked, Line } from "../../wire/approvals.ts";
import { AlertIcon } from "../icons.tsx";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals.sheet;
/** A line that says why it can never be remembered. */
const RISK = "asked every time";
/** Who may do everything. */
const ROOT: Line = { label: "as user", text: "0" };

/** Everything that a decision covers, whole: nothing is cut, folded or left out. */
export function Subject({ asked }: { asked: Asked }) {
  const hidden = [asked.command, ...(asked.argv ?? [])].some((text) => hiddenCount(text) > 0);
  return (
    <>
      <pre class="asked-command"><code><VisibleText text={asked.command} /></code></pre>
      {hidden && <Warning text={words.hidden(hiddenCount(asked.command))} />}
      {!asked.subjectHash && <Warning text={words.words} />}
      {asked.argv && <Arguments argv={asked.argv} />}
      <h3>{words.covers}</h3>
      <dl class="asked-lines">
        {asked.lines.filter((line) => !isCommand(line, asked)).map((line, index) => <Covered key={index} line={line} />)}
      </dl>
    </>
  );
}

/** The command stands above, letter for letter. */
function isCommand({ label, text }: Line, { command }: Asked): boolean {
  return label === "command" && text === command;
}

function Warning({ text }: { text: string }) {
  return <p class="asked-warning"><AlertIcon /><span>{text}</span></p>;
}

/** Each argument on its own, so that no blank can join or part them. */
function Arguments({ argv }: { argv: readonly string[] }) {
  return (
    <>
      <h3>{words.arguments}</h3>
      <ol class="asked-arguments">
        {argv.map((argument, index) => (
          <li key={index}>
            <span class="argument-place">{words.argument(index)}</span>
            <code>{argument === "" ? <em>{words.emptyArgument}</em> : <VisibleText text={argument} />}</code>
          </li>
        ))}
      </ol>
    </>
  );
}

function Covered({ line: { label, text } }: { line: Line }) {
  const isRoot = label === ROOT.label && text === ROOT.text;
  return (
    <div class={label === RISK ? "risk" : undefined}>
      <dt>{Object.hasOwn(strings.approvals.labels, label) ? strings.approvals.labels[label] : label}</dt>
      <dd>
        <VisibleText text={text} />
        {isRoot && <p class="asked-root">{words.root}</p>}
      </dd>
    </div>
  );
}

/** Who asks, and why. It is no part of what is decided. */
export function Origin({ asked }: { asked: Asked }) {
  const session = sessions.value.find(({ key }) => key === asked.sessionKey);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [words.why, asked.why],
    [words.agent, asked.agentId],
    [words.session, asked.sessionKey && titleOf(session, asked.sessionKey)],
    [words.node, asked.nodeId && nodeLabel(asked.nodeId)],
    [words.hash, asked.subjectHash],
  ];
  if (facts.every(([, value]) => !value)) return null;
  return (
    <dl class="asked-lines origin-lines">
      {facts.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd><VisibleText text={value} /></dd></div>)}
    </dl>
  );
}
