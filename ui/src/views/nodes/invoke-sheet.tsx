import { ConnectionLost } from "@tidegate/client";
import { useState } from "preact/hooks";
import { plainCount } from "../../format.ts";
import { reasonOf } from "../../state/channels.ts";
import { beginningOf, isProgram, readAnswer, readParams, readPicture } from "../../state/invoke.ts";
import { invoke, nodeName } from "../../state/nodes.ts";
import { strings } from "../../strings.ts";
import type { Invoked, Node } from "../../wire/nodes.ts";
import { Sheet } from "../sheet.tsx";

const words = strings.nodes.invoke;
/** The connection waits a minute for any answer. */
const MOST_SECONDS = 55;
const USUAL_SECONDS = 30;

type Outcome = { phase: "idle" | "sending" } | { phase: "done"; answer: Invoked } | { phase: "failed"; sentence: string };

/** Sends one command to a node by hand, and shows what it answered. */
export function InvokeSheet({ node, onClose }: { node: Node; onClose: () => void }) {
  const offered = node.commands.filter((command) => !isProgram(command));
  const [command, setCommand] = useState(offered[0] ?? "");
  const [typed, setTyped] = useState(beginningOf(command));
  const [seconds, setSeconds] = useState(USUAL_SECONDS);
  const [waits, setWaits] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>({ phase: "idle" });
  const choose = (next: string): void => {
    setCommand(next);
    setTyped(beginningOf(next));
    setOutcome({ phase: "idle" });
  };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const params = readParams(typed);
    if (!params.ok) {
      setOutcome({ phase: "failed", sentence: params.why === "object" ? words.notObject : words.badParams(params.why) });
      return;
    }
    setOutcome({ phase: "sending" });
    const sent = { command, params: params.value, timeoutMs: seconds * 1_000, queue: waits && !node.connected };
    setOutcome(
      await invoke(node, sent).then(
        (answer): Outcome => ({ phase: "done", answer }),
        (error: unknown): Outcome => ({ phase: "failed", sentence: failureOf(error) }),
      ),
    );
  };
  return (
    <Sheet title={words.title(nodeName(node))} kind="centre" onClose={onClose}>
      <form class="invoke" onSubmit={(event) => void send(event)}>
        <label for="invoke-command">{words.command}</label>
        <CommandField offered={offered} command={command} onChange={choose} />
        <label for="invoke-params">{words.params}</label>
        <textarea id="invoke-params" rows={5} spellcheck={false} value={typed} aria-describedby="invoke-hint"
          onInput={(event) => setTyped(event.currentTarget.value)} />
        <p class="hint" id="invoke-hint">{words.paramsHint}</p>
        <label for="invoke-seconds">{words.timeout}</label>
        <input id="invoke-seconds" type="number" min={1} max={MOST_SECONDS} value={seconds}
          onInput={(event) => setSeconds(event.currentTarget.valueAsNumber || USUAL_SECONDS)} />
        {!node.connected && (
          <label class="choice">
            <input type="checkbox" checked={waits} onChange={(event) => setWaits(event.currentTarget.checked)} />
            <span><span class="strong">{words.queue}</span><span class="hint">{words.queueHint}</span></span>
          </label>
        )}
        {node.commands.some(isProgram) && <p class="hint">{words.program}</p>}
        <div aria-live="polite"><Told outcome={outcome} /></div>
        <div class="sheet-actions">
          <button type="button" class="quiet" onClick={onClose}>{strings.close}</button>
          <button type="submit" class="primary" disabled={outcome.phase === "sending" || command.trim() === ""}>
            {words.send}
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

/** A choice among what is offered. Of a node that is away nobody knows, so a command may be typed. */
function CommandField({ offered, command, onChange }: CommandFieldProps) {
  if (offered.length === 0) {
    return (
      <input id="invoke-command" type="text" data-first autocomplete="off" spellcheck={false} value={command}
        onInput={(event) => onChange(event.currentTarget.value)} />
    );
  }
  return (
    <select id="invoke-command" data-first value={command} onChange={(event) => onChange(event.currentTarget.value)}>
      {offered.map((one) => <option key={one} value={one}>{one}</option>)}
    </select>
  );
}

function Told({ outcome }: { outcome: Outcome }) {
  switch (outcome.phase) {
    case "idle":
      return null;
    case "sending":
      return <p class="hint">{words.sending}</p>;
    case "failed":
      return <p class="hint wrong" role="alert">{outcome.sentence}</p>;
    case "done":
      return outcome.answer.queued ? <p class="strong">{words.queued}</p> : <Answer payload={outcome.answer.payload} />;
  }
}

function Answer({ payload }: { payload: unknown }) {
  const picture = readPicture(payload);
  if (picture) return <img class="invoke-picture" src={picture} alt={words.answer} />;
  const answer = readAnswer(payload);
  if (!answer) return <p class="strong">{words.nothing}</p>;
  return (
    <>
      <h3>{words.answer}</h3>
      <pre class="invoke-answer" tabIndex={0} role="group" aria-label={words.answer}><code>{answer.text}</code></pre>
      {answer.cut > 0 && <p class="hint">{words.cut(plainCount(answer.cut))}</p>}
    </>
  );
}

function failureOf(error: unknown): string {
  return error instanceof ConnectionLost ? words.unsure : words.failed(reasonOf(error));
}
