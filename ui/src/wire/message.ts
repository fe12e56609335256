import { type Loose, list, number, object, text } from "./read.ts";

export type Role = "user" | "assistant" | "tool" | "system";

export interface ToolCall {
  name: string;
  detail: string;
}

/** One message as the page shows it. */
export interface Message {
  /** Stable over refreshes as far as the gateway allows; used to match and to draw. */
  key: string;
  role: Role;
  text: string;
  thinking: string;
  tools: readonly ToolCall[];
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
      name: text(part.name) ?? "tool",
      detail: JSON.stringify(part.arguments ?? {}, null, 2),
    }));
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
    at,
    stopReason: text(message.stopReason),
    error: text(message.errorMessage),
    model: text(message.model),
    tokens: number(usage.output),
    runId: text(message.runId) ?? text(message.idempotencyKey),
  };
}
