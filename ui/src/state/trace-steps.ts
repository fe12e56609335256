import { elapsed } from "../format.ts";
import { strings } from "../strings.ts";
import type { Inbound, Part, Traced, TracedRun } from "../wire/delivery.ts";

const words = strings.channels.trace;

/** One thing that happened on the way of a message, or that it waits for. */
export interface Step {
  name: string;
  detail?: string;
  /** When, in Unix milliseconds; absent for what has not happened yet. */
  at?: number;
  /** Time since the step before, in milliseconds. */
  afterMs?: number;
  tone: "done" | "bad" | "unsure" | "waits";
}

/** The way of a message in the order of time; what it waits for comes last. */
export function stepsOf(traced: Traced, network: (id: string) => string): readonly Step[] {
  const { inbound, run, parts } = traced;
  const all = [
    ...(inbound ? arrival(inbound, network) : []),
    ...(run ? runSteps(run) : []),
    ...(inbound ? decision(inbound) : []),
    ...parts.flatMap(partSteps),
  ];
  const happened = all.filter((step) => step.at !== undefined).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const waits = all.filter((step) => step.at === undefined);
  return [...happened.map((step, index) => withSpan(step, happened[index - 1])), ...waits];
}

function withSpan(step: Step, before: Step | undefined): Step {
  if (before?.at === undefined || step.at === undefined) return step;
  return { ...step, afterMs: step.at - before.at };
}

function arrival(inbound: Inbound, network: (id: string) => string): Step[] {
  const { sentAt, arrivedAt, messageId, senderId } = inbound;
  const sent: Step = {
    name: words.steps.sent(network(inbound.channel)),
    detail: words.steps.sentDetail(messageId, senderId),
    // The network's clock may run ahead of ours; nothing arrives before it was sent.
    at: Math.min(sentAt, arrivedAt),
    tone: "done",
  };
  const arrived: Step = { name: words.steps.arrived, at: arrivedAt, tone: "done" };
  return sentAt > 0 ? [sent, arrived] : [arrived];
}

function decision({ state, endedAt }: Inbound): Step[] {
  const name = words.steps.inbox[state];
  if (endedAt === undefined || name === undefined) return [];
  return [{ name, at: endedAt, tone: state === "failed-with-notice" ? "bad" : "done" }];
}

function runSteps(run: TracedRun): Step[] {
  const steps: Step[] = [{ name: words.steps.accepted, detail: run.runId, at: run.acceptedAt, tone: "done" }];
  if (run.startedAt !== undefined) steps.push({ name: words.steps.started, at: run.startedAt, tone: "done" });
  if (run.endedAt !== undefined) return [...steps, runEnd(run)];
  const name = run.startedAt === undefined ? words.steps.queued : words.steps.running;
  return [...steps, { name, tone: "waits" }];
}

function runEnd(run: TracedRun): Step {
  const status = run.status ?? "ok";
  return {
    name: words.steps.ended[status] ?? words.steps.endedAs(status),
    detail: status === "ok" ? undefined : run.error,
    at: run.endedAt,
    tone: status === "ok" ? "done" : "bad",
  };
}

function partSteps(part: Part): Step[] {
  const step = partStep(part);
  const steps: Step[] = [step(words.steps.prepared, part.createdAt, "done", part.id)];
  if (part.maybeSentSince !== undefined) {
    steps.push(step(words.steps.uncertain, part.maybeSentSince, "unsure"));
  }
  return [...steps, partEnd(part, step)];
}

type MakeStep = (name: string, at: number | undefined, tone: Step["tone"], detail?: string) => Step;

function partStep({ index, count }: Part): MakeStep {
  const title = count > 1 ? words.steps.messageOf(index + 1, count) : words.steps.message;
  return (name, at, tone, detail) => ({ name: words.steps.part(title, name), detail, at, tone });
}

function partEnd(part: Part, step: MakeStep): Step {
  const tries = part.attempts > 0 ? strings.channels.outbox.attempts(part.attempts) : undefined;
  switch (part.state) {
    case "sent": {
      const receipt = part.messageId && words.steps.receiptDetail(part.messageId);
      return step(words.steps.receipt, part.settledAt, "done", joined(receipt, tries));
    }
    case "dead":
      return step(words.steps.dead, part.settledAt, "bad", joined(part.error, tries));
    case "dropped":
      return step(words.steps.dropped, part.settledAt, "bad", joined(part.error, tries));
    case "sending":
      return step(words.steps.sending, undefined, "waits", joined(tries));
    case "ambiguous":
      return step(words.steps.ambiguous, undefined, "unsure", joined(part.error, tries));
    default:
      return step(words.steps.waits, undefined, "waits", joined(part.error, tries));
  }
}

function joined(...pieces: readonly (string | undefined)[]): string | undefined {
  return pieces.filter(Boolean).join("; ") || undefined;
}

export interface Outcome {
  sentence: string;
  tone: Step["tone"];
}

/** What became of it in the end, or how far it is. */
export function outcomeOf({ inbound, run, parts }: Traced): Outcome {
  const has = (...states: string[]): boolean => parts.some((part) => states.includes(part.state));
  if (has("dead")) return { sentence: words.outcomes.dead, tone: "bad" };
  if (has("prepared", "sending", "ambiguous")) return { sentence: words.outcomes.open, tone: "waits" };
  if (has("dropped")) return { sentence: words.outcomes.dropped, tone: "bad" };
  if (has("sent")) return { sentence: sentSentence(inbound, parts), tone: "done" };
  if (run && run.endedAt === undefined) {
    const { running, waiting } = words.outcomes;
    return { sentence: run.startedAt === undefined ? waiting : running, tone: "waits" };
  }
  if (inbound?.state === "failed-with-notice" || run?.status === "error" || run?.status === "interrupted") {
    return { sentence: words.outcomes.failed, tone: "bad" };
  }
  return { sentence: words.outcomes.empty, tone: "done" };
}

function sentSentence(inbound: Inbound | undefined, parts: readonly Part[]): string {
  const last = Math.max(...parts.map((part) => part.settledAt ?? 0));
  if (!inbound || last < inbound.arrivedAt) return words.outcomes.sent;
  return words.outcomes.answered(elapsed(last - inbound.arrivedAt));
}
