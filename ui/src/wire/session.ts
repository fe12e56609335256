import { number, object, text } from "./read.ts";

/** Where on a chat network a conversation was last spoken to from. */
export interface Origin {
  channel: string;
  accountId: string;
  /** The group's name, else the person's, else an id. */
  label: string;
  chatType: string;
}

export interface Session {
  key: string;
  label?: string;
  title?: string;
  preview?: string;
  updatedAt: number;
  model?: string;
  modelProvider?: string;
  thinkingLevel?: string;
  totalTokens?: number;
  active: boolean;
  origin?: Origin;
}

export function readSession(value: unknown): Session | undefined {
  const row = object(value);
  const key = text(row.key);
  if (!key) return undefined;
  return {
    key,
    label: text(row.label),
    title: text(row.derivedTitle) ?? text(row.displayName),
    preview: text(row.lastMessagePreview),
    updatedAt: number(row.updatedAt) ?? 0,
    model: text(row.model),
    modelProvider: text(row.modelProvider),
    thinkingLevel: text(row.thinkingLevel),
    totalTokens: number(row.totalTokens),
    active: row.activeRun === true,
    origin: readOrigin(row),
  };
}

function readOrigin(row: Readonly<Record<string, unknown>>): Origin | undefined {
  const origin = object(row.origin);
  const channel = text(origin.provider) ?? text(row.channel);
  if (!channel || channel === "webchat") return undefined;
  const label = text(origin.label) ?? text(row.subject) ?? text(origin.to) ?? text(origin.from);
  return {
    channel,
    accountId: text(origin.accountId) ?? "default",
    label: label ?? "",
    chatType: text(origin.chatType) ?? text(row.chatType) ?? "direct",
  };
}

export interface Model {
  /** `provider/id`, the form that `sessions.patch` takes. */
  ref: string;
  name: string;
  provider: string;
  contextWindow?: number;
}

export function readModel(value: unknown): Model | undefined {
  const model = object(value);
  const id = text(model.id);
  const provider = text(model.provider);
  if (!id || !provider) return undefined;
  return {
    ref: `${provider}/${id}`,
    name: text(model.name) ?? id,
    provider,
    contextWindow: number(model.contextWindow),
  };
}
