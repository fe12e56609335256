import { type Message, readMessage, type ToolInput, toolInput } from "./message.ts";
import { list, type Loose, number, object, text } from "./read.ts";

export type ChatState = "delta" | "final" | "aborted" | "error";

export interface ChatEvent {
  runId: string;
  sessionKey: string;
  state: ChatState;
  message?: Message;
  deltaText?: string;
  replace: boolean;
  error?: string;
  stopReason?: string;
}

const STATES: readonly string[] = ["delta", "final", "aborted", "error"];

export function readChatEvent(value: unknown): ChatEvent | undefined {
  const event = object(value);
  const runId = text(event.runId);
  const sessionKey = text(event.sessionKey);
  const state = text(event.state);
  if (!runId || !sessionKey || !state || !STATES.includes(state)) return undefined;
  return {
    runId,
    sessionKey,
    state: state as ChatState,
    message: event.message === undefined ? undefined : readMessage(event.message),
    deltaText: text(event.deltaText),
    replace: event.replace === true,
    error: text(event.errorMessage),
    stopReason: text(event.stopReason),
  };
}

export interface AgentEvent {
  runId: string;
  sessionKey: string;
  stream: string;
  phase?: string;
  text?: string;
  delta?: string;
  tool?: ToolEvent;
}

/** What happened to a call of a tool. */
export interface ToolEvent {
  id: string;
  name: string;
  input: readonly ToolInput[];
  output: string;
  failed: boolean;
}

function readToolEvent(data: Loose): ToolEvent | undefined {
  const id = text(data.toolCallId);
  if (!id) return undefined;
  const content = list(object(data.result).content).map((part) => text(object(part).text) ?? "");
  return {
    id,
    name: text(data.name) ?? "tool",
    input: toolInput(data.args),
    output: text(data.partialResult) ?? content.filter((part) => part !== "").join("\n"),
    failed: data.isError === true,
  };
}

export function readAgentEvent(value: unknown): AgentEvent | undefined {
  const event = object(value);
  const runId = text(event.runId);
  const sessionKey = text(event.sessionKey);
  const stream = text(event.stream);
  if (!runId || !sessionKey || !stream) return undefined;
  const data = object(event.data);
  return {
    runId,
    sessionKey,
    stream,
    phase: text(data.phase),
    text: text(data.text),
    delta: text(data.delta),
    tool: stream === "tool" ? readToolEvent(data) : undefined,
  };
}

export interface PresenceEntry {
  name: string;
  mode: string;
  platform: string;
  reason: string;
  deviceId: string;
  at: number;
}

export function readPresence(value: unknown): PresenceEntry {
  const entry = object(value);
  return {
    name: text(entry.host) ?? text(entry.text) ?? "unknown",
    mode: text(entry.mode) ?? "",
    platform: text(entry.platform) ?? "",
    reason: text(entry.reason) ?? "",
    deviceId: text(entry.deviceId) ?? "",
    at: number(entry.ts) ?? 0,
  };
}
