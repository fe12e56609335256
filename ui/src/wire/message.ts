import { type Loose, list, number, object, text } from "./read.ts";

export type Role = "user" | "assistant" | "tool" | "system";

export interface ToolCall {
  id: string;
  name: string;
  /** The arguments, by name; what came as a text stands under an empty name. */
  input: readonly ToolInput[];
}

export interface ToolInput {
  name: string;
  value: string;
}

/** What a call brought. */
export interface ToolResult {
  callId: string;
  failed: boolean;
  interrupted: boolean;
  pictures: readonly { data: string; mime: string }[];
}

/** One message as the page shows it. */
export interface Message {
  /** Stable over refreshes as far as the gateway allows; used to match and to draw. */
  key: string;
  role: Role;
  text: string;
  thinking: string;
  tools: readonly ToolCall[];
  /** There if and only if the role is `tool` and the gateway says of which call it is. */
  result?: ToolResult;
  at: number;
  stopReason?: string;
  error?: string;
  model?: string;
  tokens?: number;
  runId?: string;
}

const ROLES: Readonly<Record<string, Role>> = {
  user: "user",
  assistant: "assistant",
  toolResult: "tool",
  tool: "tool",
};

function joined(parts: readonly Loose[], type: string, field: string): string {
  return parts
    .filter((part) => part.type === type)
    .map((part) => text(part[field]) ?? "")
    .filter((part) => part !== "")
    .join("\n\n");
}

function toolCalls(parts: readonly Loose[]): ToolCall[] {
  return parts
    .filter((part) => part.type === "toolCall")
    .map((part) => ({
      id: text(part.id) ?? "",
      name: text(part.name) ?? "tool",
      input: toolInput(part.arguments),
    }));
}

/** The arguments of a call, each as words. */
export function toolInput(value: unknown): ToolInput[] {
  if (typeof value === "string") return [{ name: "", value }];
  return Object.entries(object(value)).map(([name, field]) => ({
    name,
    value: typeof field === "string" ? field : JSON.stringify(field),
  }));
}

const PICTURES: readonly string[] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

function toolResult(message: Loose, parts: readonly Loose[]): ToolResult | undefined {
  const callId = text(message.toolCallId);
  if (!callId) return undefined;
  const pictures = parts.flatMap((part) => {
    const [data, mime] = [text(part.data), text(part.mimeType)];
    const shown = part.type === "image" && data && mime && PICTURES.includes(mime);
    return shown ? [{ data, mime }] : [];
  });
  return {
    callId,
    failed: message.isError === true,
    interrupted: message.interrupted === true,
    pictures,
  };
}

function keyOf(message: Loose, role: Role, at: number): string {
  const id = text(message.id);
  if (id) return `i:${id}`;
  const seq = number(message.seq);
  return seq === undefined ? `t:${at}:${role}` : `s:${seq}`;
}

export function readMessage(value: unknown): Message {
  const message = object(value);
  const plain = text(message.content);
  const parts = plain ? [{ type: "text", text: plain }] : list(message.content).map(object);
  const role = ROLES[text(message.role) ?? ""] ?? "system";
  const at = number(message.timestamp) ?? 0;
  const usage = object(message.usage);
  return {
    key: keyOf(message, role, at),
    role,
    text: joined(parts, "text", "text"),
    thinking: joined(parts, "thinking", "thinking"),
    tools: toolCalls(parts),
    result: role === "tool" ? toolResult(message, parts) : undefined,
    at,
    stopReason: text(message.stopReason),
    error: text(message.errorMessage),
    model: text(message.model),
    tokens: number(usage.output),
    runId: text(message.runId) ?? text(message.idempotencyKey),
  };
}
