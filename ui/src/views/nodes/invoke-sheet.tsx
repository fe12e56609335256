import { useEffect, useRef, useState } from "preact/hooks";
import { elapsed } from "../../format.ts";
import { exampleOf } from "../../state/command-examples.ts";
import { type Invocation, send } from "../../state/invocations.ts";
import { isProgram, readParams } from "../../state/invoke.ts";
import { nodeName } from "../../state/nodes.ts";
import { strings } from "../../strings.ts";
import { entryOf, QUEUEABLE } from "../../wire/catalogue.ts";
import type { Node } from "../../wire/nodes.ts";
import { Sheet } from "../sheet.tsx";
import { CommandOutcome } from "./command-outcome.tsx";
import { ParamsField } from "./params-field.tsx";

const words = strings.nodes.invoke;
/** The connection waits a minute for any answer. */
const MOST_SECONDS = 55;
const USUAL_SECONDS = 30;

/** Sends one command to a node by hand, and shows what came of it. A node that is away is sent what may wait. */
export function InvokeSheet({ node, onClose }: { node: Node; onClose: () => void }) {
  const offered = node.connected ? node.commands.filter((command) => !isProgram(command)) : QUEUEABLE;
  const [command, setCommand] = useState(offered[0] ?? "");
  const [typed, setTyped] = useState(exampleOf(command));
  const [seconds, setSeconds] = useState(USUAL_SECONDS);
  const [refusal, setRefusal] = useState<string>();
  const [sending, setSending] = useState(false);
  const [last, setLast] = useState<Invocation>();
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (last) told.current?.scrollIntoView({ block: "nearest" });
  }, [last]);
  const choose = (next: string): void => {
    setCommand(next);
    setTyped(exampleOf(next));
    setRefusal(undefined);
    setLast(undefined);
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const params = readParams(typed);
    setLast(undefined);
    if (!params.ok) return setRefusal(params.why === "object" ? words.notObject : words.badParams(params.why));
    setRefusal(undefined);
    setSending(true);
    setLast(await send(node, { command, params: params.value, timeoutMs: seconds * 1_000, queue: !node.connected }));
    setSending(false);
  };
  return (
    <Sheet title={words.title(nodeName(node))} kind="centre" onClose={onClose}>
      <form class="invoke" onSubmit={(event) => void submit(event)}>
        {!node.connected && <p class="hint away-hint">{words.awayText}</p>}
        {offered.length === 0 && <p data-first tabIndex={-1}>{words.none}</p>}
        {offered.length > 0 && <CommandField offered={offered} command={command} onChange={choose} />}
        {offered.length > 0 && <ParamsField command={command} typed={typed} refusal={refusal} onType={setTyped} />}
        {node.connected && offered.length > 0 && <TimeField seconds={seconds} onChange={setSeconds} />}
        {node.commands.some(isProgram) && <p class="hint">{words.program}</p>}
        <div class="invoke-outcome" ref={told} aria-live="polite">
          {sending && <p class="hint">{words.sending}</p>}
          {last?.outcome.kind === "done" && <h3>{words.answer} <span class="muted">{words.took(elapsed(last.tookMs))}</span></h3>}
          {last && <CommandOutcome outcome={last.outcome} />}
        </div>
        <div class="sheet-actions">
          <button type="button" class="quiet" onClick={onClose}>{strings.close}</button>
          <button type="submit" class="primary" disabled={sending || command === ""}>
            {node.connected ? words.send : words.sendLater}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

interface CommandFieldProps {
  offered: readonly string[];
  command: string;
  onChange: (command: string) => void;
}

function CommandField({ offered, command, onChange }: CommandFieldProps) {
  return (
    <>
      <label for="invoke-command">{words.command}</label>
      <select id="invoke-command" data-first value={command} aria-describedby="invoke-doc" onChange={(event) => onChange(event.currentTarget.value)}>
        {offered.map((one) => <option key={one} value={one}>{one}</option>)}
      </select>
      <p class="hint" id="invoke-doc">{entryOf(command)?.doc ?? words.unknown}</p>
    </>
  );
}

function TimeField({ seconds, onChange }: { seconds: number; onChange: (seconds: number) => void }) {
  return (
    <>
      <label for="invoke-seconds">{words.timeout}</label>
      <input id="invoke-seconds" type="number" min={1} max={MOST_SECONDS} value={seconds}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber || USUAL_SECONDS)} />
    </>
  );
}
