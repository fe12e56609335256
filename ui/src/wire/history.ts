import { type Message, readMessage } from "./message.ts";
import { list, number, object, text } from "./read.ts";

export interface ActiveRun {
  runId: string;
  text: string;
  thinking: string;
}

export interface HistoryPage {
  sessionId?: string;
  messages: readonly Message[];
  nextBefore?: number;
  thinkingLevel?: string;
  queued: readonly { runId: string; text: string }[];
  activeRun?: ActiveRun;
}

export function readHistory(value: unknown): HistoryPage {
  const page = object(value);
  const active = object(page.activeRun);
  const runId = text(active.runId);
  return {
    sessionId: text(page.sessionId),
    messages: withDistinctKeys(list(page.messages).map(readMessage)),
    nextBefore: number(page.nextBefore),
    thinkingLevel: text(page.thinkingLevel),
    queued: list(page.queued).map((item) => ({
      runId: text(object(item).runId) ?? "",
      text: text(object(item).text) ?? "",
    })),
    activeRun: runId
      ? { runId, text: text(active.text) ?? "", thinking: text(active.thinking) ?? "" }
      : undefined,
  };
}

/** Gateways without message ids can give two messages the same derived key. */
function withDistinctKeys(messages: readonly Message[]): Message[] {
  const seen = new Map<string, number>();
  return messages.map((message) => {
    const times = seen.get(message.key) ?? 0;
    seen.set(message.key, times + 1);
    return times === 0 ? message : { ...message, key: `${message.key}#${times}` };
  });
}
