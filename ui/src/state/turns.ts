import type { AgentEvent, ChatEvent } from "../wire/events.ts";
import type { HistoryPage } from "../wire/history.ts";
import type { Message } from "../wire/message.ts";
import { endOfRun, settleLocals } from "./settle.ts";
import { type LiveTool, onTool } from "./tools.ts";

/** A message of mine that the gateway took and that the loaded history does not show yet. */
export interface Mine {
  runId: string;
  text: string;
  at: number;
  queued: boolean;
  revision: number;
}

/** The end of a run as its event told it, until the history confirms it. */
export interface LocalAnswer {
  runId: string;
  message: Message;
  revision: number;
}

export interface RunView {
  runId: string;
  text: string;
  thinking: string;
  /** Calls of its tools that this window heard of. */
  tools: readonly LiveTool[];
  revision: number;
}

/** One conversation as this window knows it. Every function here returns a new value. */
export interface Turns {
  sessionKey: string;
  sessionId?: string;
  phase: "loading" | "ready" | "failed";
  failure?: string;
  messages: readonly Message[];
  nextBefore?: number;
  loadingOlder: boolean;
  mine: readonly Mine[];
  answers: readonly LocalAnswer[];
  othersQueued: readonly { runId: string; text: string }[];
  run?: RunView;
  finished: readonly string[];
  /** Grows with every event, so that a reply can be compared with what happened meanwhile. */
  revision: number;
}

const KEEP_FINISHED = 30;

export function newTurns(sessionKey: string, phase: Turns["phase"]): Turns {
  return {
    sessionKey,
    phase,
    messages: [],
    loadingOlder: false,
    mine: [],
    answers: [],
    othersQueued: [],
    finished: [],
    revision: 0,
  };
}

export function accepted(
  turns: Turns,
  sent: { runId: string; text: string; at: number },
  status: { queued: boolean; done: boolean },
): Turns {
  const revision = turns.revision + 1;
  const known =
    turns.mine.some((item) => item.runId === sent.runId) ||
    turns.messages.some((message) => message.role === "user" && message.runId === sent.runId);
  const over = status.done || turns.finished.includes(sent.runId);
  const mine = known
    ? turns.mine
    : [...turns.mine, { ...sent, queued: status.queued && !over, revision }];
  const starts = !over && !status.queued && !turns.run;
  const run = starts ? runFor(turns, sent.runId, revision) : turns.run;
  return { ...turns, mine, run, revision };
}

export function unqueued(turns: Turns, runId: string): Turns {
  return {
    ...turns,
    mine: turns.mine.filter((item) => item.runId !== runId || !item.queued),
    othersQueued: turns.othersQueued.filter((item) => item.runId !== runId),
    revision: turns.revision + 1,
  };
}

/** The run that these words belong to: the one shown, or a new one that took its place. */
function runFor(turns: Turns, runId: string, revision: number): RunView {
  if (turns.run?.runId === runId) return { ...turns.run, revision };
  return { runId, text: "", thinking: "", tools: [], revision };
}

/** Its turn has come: the message takes its place at this point of the conversation. */
function dequeue(mine: readonly Mine[], runId: string, revision: number): readonly Mine[] {
  if (!mine.some((item) => item.runId === runId && item.queued)) return mine;
  return mine.map((item) =>
    item.runId === runId ? { ...item, queued: false, revision } : item,
  );
}

export function onChat(turns: Turns, event: ChatEvent): Turns {
  if (turns.finished.includes(event.runId)) return turns;
  const revision = turns.revision + 1;
  if (neverBegan(turns, event)) return { ...unqueued(turns, event.runId), revision };
  const mine = dequeue(turns.mine, event.runId, revision);
  if (event.state === "delta") {
    const run = runFor(turns, event.runId, revision);
    const grown = event.replace ? (event.deltaText ?? "") : run.text + (event.deltaText ?? "");
    return { ...turns, mine, revision, run: { ...run, text: event.message?.text ?? grown } };
  }
  const answer = localAnswer(turns, event, revision);
  return {
    ...turns,
    mine,
    revision,
    answers: answer ? [...turns.answers, answer] : turns.answers,
    run: turns.run?.runId === event.runId ? undefined : turns.run,
    finished: [...turns.finished, event.runId].slice(-KEEP_FINISHED),
  };
}

function endOf(event: ChatEvent): string {
  return event.stopReason === "shutdown" ? "interrupted" : event.state;
}

/** A message that was taken out of the queue, here or elsewhere. */
function neverBegan(turns: Turns, event: ChatEvent): boolean {
  return event.state === "aborted" && turns.run?.runId !== event.runId && !event.message;
}

function localAnswer(turns: Turns, event: ChatEvent, revision: number): LocalAnswer | undefined {
  if (endOfRun(turns.messages, event.runId)) return undefined;
  const run = turns.run?.runId === event.runId ? turns.run : undefined;
  const text = event.message?.text || (event.state === "final" ? "" : (run?.text ?? ""));
  if (event.state === "final" && text === "" && !run?.thinking) return undefined;
  const stopReason = event.state === "final" ? event.message?.stopReason : endOf(event);
  return {
    runId: event.runId,
    revision,
    message: {
      key: `r:${event.runId}`,
      role: "assistant",
      text,
      thinking: event.message?.thinking || (run?.thinking ?? ""),
      tools: [],
      at: event.message?.at || Date.now(),
      stopReason,
      error: event.error,
      runId: event.runId,
    },
  };
}

export function onAgent(turns: Turns, event: AgentEvent): Turns {
  if (turns.finished.includes(event.runId)) return turns;
  const revision = turns.revision + 1;
  const run = runFor(turns, event.runId, revision);
  const shown = { ...turns, mine: dequeue(turns.mine, event.runId, revision), revision };
  switch (event.stream) {
    case "lifecycle":
      return event.phase === "start" ? { ...shown, run } : turns;
    case "thinking":
      return { ...shown, run: { ...run, thinking: event.text ?? run.thinking + (event.delta ?? "") } };
    case "assistant":
      return { ...shown, run: { ...run, text: event.text ?? run.text + (event.delta ?? "") } };
    case "tool":
      return { ...shown, run: onTool(run, event) };
    default:
      return turns;
  }
}

/** Lays a freshly loaded newest page over what is shown. `askedAt` is the revision at the request. */
export function onPage(turns: Turns, page: HistoryPage, askedAt: number): Turns {
  const same = turns.sessionId === undefined || turns.sessionId === page.sessionId;
  const joinAt = same ? joinIndex(turns.messages, page.messages) : -1;
  const older = joinAt > 0 ? turns.messages.slice(0, joinAt) : [];
  const known = new Set(same ? turns.messages.map((message) => message.key) : []);
  const fresh = page.messages.filter((message) => !known.has(message.key));
  const local = same ? settleLocals(turns, page, fresh, askedAt) : localsAfter(turns, askedAt);
  return {
    ...turns,
    ...local,
    phase: "ready",
    failure: undefined,
    sessionId: page.sessionId ?? turns.sessionId,
    messages: [...older, ...page.messages],
    nextBefore: joinAt >= 0 ? turns.nextBefore : page.nextBefore,
    loadingOlder: joinAt >= 0 && turns.loadingOlder,
    run: runAfterPage(turns, page, askedAt),
    revision: turns.revision + 1,
  };
}

/** The conversation began anew: what was shown before belongs to the old one. */
function localsAfter(turns: Turns, askedAt: number): Pick<Turns, "mine" | "answers"> {
  return {
    mine: turns.mine.filter((item) => item.queued || item.revision > askedAt),
    answers: turns.answers.filter((answer) => answer.revision > askedAt),
  };
}

function joinIndex(shown: readonly Message[], page: readonly Message[]): number {
  const first = page[0];
  return first ? shown.findIndex((message) => message.key === first.key) : -1;
}

function runAfterPage(turns: Turns, page: HistoryPage, askedAt: number): RunView | undefined {
  const active = page.activeRun;
  const mine = turns.run;
  if (mine && mine.revision > askedAt) return mine;
  if (!active || turns.finished.includes(active.runId)) return undefined;
  if (mine?.runId === active.runId && mine.text.length >= active.text.length) return mine;
  const tools = mine?.runId === active.runId ? mine.tools : [];
  return { ...active, tools, revision: turns.revision };
}

/** Puts an earlier page before what is shown. */
export function onOlder(turns: Turns, page: HistoryPage): Turns {
  const known = new Set(turns.messages.map((message) => message.key));
  const older = page.messages.filter((message) => !known.has(message.key));
  return {
    ...turns,
    loadingOlder: false,
    messages: [...older, ...turns.messages],
    nextBefore: older.length === 0 ? undefined : page.nextBefore,
  };
}
