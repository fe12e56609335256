import { list, type Loose, number, object, text, texts } from "./read.ts";

/** What holds for one agent; what is absent is inherited. */
export interface Rules {
  /** What may run at all: `deny`, `allowlist` or `full`. */
  security?: string;
  /** When a person is asked: `off`, `on-miss` or `always`. */
  ask?: string;
  /** What counts if nobody answers. */
  fallback?: string;
}

/** A command that was allowed for ever. */
export interface Remembered {
  /** Whose it is; `*` for every agent. */
  agent: string;
  /** Its place in the agent's list, as the file has it. */
  index: number;
  id?: string;
  path: string;
  /** The program's content; without it the entry allows nothing. */
  sha256?: string;
  argv?: readonly string[];
  cwd?: string;
  addedAt?: number;
  usedAt?: number;
}

/** The file as it came; what stands in it beside the version is kept, whether we know it or not. */
export interface RulesFile {
  readonly version: number;
}

export interface Policy {
  /** Names this state of the rules. */
  hash: string;
  file: RulesFile;
  defaults: Rules;
  remembered: readonly Remembered[];
}

export function readPolicy(value: unknown): Policy {
  const told = object(value);
  const file = object(told.file);
  const agents = Object.entries(object(file.agents));
  return {
    hash: text(told.hash) ?? "",
    file: withVersion(file),
    defaults: readRules(file.defaults),
    remembered: agents.flatMap(([agent, rules]) => list(object(rules).allowlist).map((entry, index) => readEntry(agent, index, entry))),
  };
}

function withVersion(file: Loose): RulesFile {
  return { ...file, version: number(file.version) ?? 1 };
}

function readRules(value: unknown): Rules {
  const rules = object(value);
  return { security: text(rules.security), ask: text(rules.ask), fallback: text(rules.askFallback) };
}

function readEntry(agent: string, index: number, value: unknown): Remembered {
  const entry = object(value);
  return {
    agent,
    index,
    id: text(entry.id),
    path: text(entry.pattern) ?? "",
    sha256: text(entry.sha256),
    argv: Array.isArray(entry.argv) ? texts(entry.argv) : undefined,
    cwd: text(entry.cwd),
    addedAt: number(entry.addedAt),
    usedAt: number(entry.lastUsedAt),
  };
}

/** The file without one entry, all else as it was. */
export function withoutEntry(file: RulesFile, { agent, index }: Remembered): RulesFile {
  const agents = object(object(file).agents);
  const rules = object(agents[agent]);
  const allowlist = list(rules.allowlist).filter((_, place) => place !== index);
  const fresh = { ...file, agents: { ...agents, [agent]: { ...rules, allowlist } } };
  return fresh;
}
