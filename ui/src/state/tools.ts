import type { AgentEvent } from "../wire/events.ts";
import type { Message, ToolInput } from "../wire/message.ts";
import type { RunView } from "./turns.ts";

export type ToolState = "running" | "done" | "failed" | "interrupted" | "unknown";

/** A call as its events tell it. */
export interface LiveTool {
  id: string;
  name: string;
  input: readonly ToolInput[];
  output: string;
  state: ToolState;
}

/** A call as it is drawn, wherever it is known from. */
export interface ToolView extends LiveTool {
  pictures: readonly { data: string; mime: string }[];
}

/** What happened to a call. One that begins ends the words before it: they are a stored message now. */
export function onTool(run: RunView, event: AgentEvent): RunView {
  const { tool, phase } = event;
  if (!tool) return run;
  const known = run.tools.find((one) => one.id === tool.id);
  const before: LiveTool = known ?? { ...tool, output: "", state: "running" };
  const rest = run.tools.filter((one) => one.id !== tool.id);
  if (phase === "start") {
    return { ...run, text: "", thinking: "", tools: [...rest, before] };
  }
  const state = phase === "result" ? (tool.failed ? "failed" : "done") : before.state;
  return { ...run, tools: [...rest, { ...before, output: tool.output, state }] };
}

/** The results among the messages, by call. */
export type Results = ReadonlyMap<string, Message>;

function nameOf(runId: string | undefined, callId: string): string {
  return `${runId ?? ""}/${callId}`;
}

export function resultsOf(messages: readonly Message[]): Results {
  const results = new Map<string, Message>();
  for (const message of messages) {
    if (message.result) results.set(nameOf(message.runId, message.result.callId), message);
  }
  return results;
}

/** The results that are drawn with their calls. */
export function attached(messages: readonly Message[]): ReadonlySet<Message> {
  const results = resultsOf(messages);
  const found = messages.flatMap((message) =>
    message.tools.map((tool) => results.get(nameOf(message.runId, tool.id))),
  );
  return new Set(found.filter((message) => message !== undefined));
}

/** The calls of a message with what they brought; of a run at work, with what they have so far. */
export function toolViews(
  message: Message,
  results: Results,
  run: RunView | undefined,
): ToolView[] {
  const live = run && run.runId === message.runId ? run : undefined;
  return message.tools.map((tool) => {
    const stored = results.get(nameOf(message.runId, tool.id));
    if (stored?.result) {
      const { interrupted, failed, pictures } = stored.result;
      const state = interrupted ? "interrupted" : failed ? "failed" : "done";
      return { ...tool, output: stored.text, state, pictures };
    }
    const heard = live?.tools.find((one) => one.id === tool.id);
    if (heard) return { ...heard, pictures: [] };
    return { ...tool, output: "", state: live ? "running" : "unknown", pictures: [] };
  });
}

/** Calls of the run at work that no stored message shows yet. */
export function unshownTools(run: RunView, messages: readonly Message[]): LiveTool[] {
  const shown = new Set(
    messages
      .filter((message) => message.runId === run.runId)
      .flatMap((message) => message.tools.map((tool) => tool.id)),
  );
  return run.tools.filter((tool) => !shown.has(tool.id));
}

/** One line that says what a call is about. */
export function gist(input: readonly ToolInput[]): string {
  const main = input.find((one) => ["command", "action", "path", "url"].includes(one.name)) ?? input[0];
  return main ? inWords(main.value) : "";
}

/** A list of words as a line; words with blanks in quotes. */
function inWords(value: string): string {
  const list = wordsOf(value);
  return list ? list.map((word) => (/^[^\s"']+$/u.test(word) ? word : JSON.stringify(word))).join(" ") : value;
}

/** The words of an argument that is a list of words; undefined for anything else. */
export function wordsOf(value: string): readonly string[] | undefined {
  if (!value.startsWith("[")) return undefined;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.every((word) => typeof word === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}
