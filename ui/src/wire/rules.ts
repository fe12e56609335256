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

/** What the file says of one agent. */
export interface AgentRules {
  agent: string;
  own: Rules;
  remembered: readonly Remembered[];
}

export interface Policy {
  /** Names this state of the rules. */
  hash: string;
  file: RulesFile;
  defaults: Rules;
  agents: readonly AgentRules[];
}

/** The name of rules for every agent, in the file. */
export const ANY_AGENT = "*";
/** The rules that hold where an agent has none of its own: no agent's name, which is never empty. */
export const DEFAULTS = "";

export function readPolicy(value: unknown): Policy {
  const told = object(value);
  const file = object(told.file);
  return {
    hash: text(told.hash) ?? "",
    file: withVersion(file),
    defaults: readRules(file.defaults),
    agents: Object.entries(object(file.agents)).map(([agent, rules]) => ({
      agent,
      own: readRules(rules),
      remembered: list(object(rules).allowlist).map((entry) => readEntry(agent, entry)),
    })),
  };
}

function withVersion(file: Loose): RulesFile {
  return { ...file, version: number(file.version) ?? 1 };
}

function readRules(value: unknown): Rules {
  const rules = object(value);
  return { security: text(rules.security), ask: text(rules.ask), fallback: text(rules.askFallback) };
}

function readEntry(agent: string, value: unknown): Remembered {
  const entry = object(value);
  return {
    agent,
    id: text(entry.id),
    path: text(entry.pattern) ?? "",
    sha256: text(entry.sha256),
    argv: Array.isArray(entry.argv) ? texts(entry.argv) : undefined,
    cwd: text(entry.cwd),
    addedAt: number(entry.addedAt),
    usedAt: number(entry.lastUsedAt),
  };
}

/** What an entry allows, and nothing of when: the same entry in any state of the rules. */
export function nameOf({ agent, id, path, sha256, argv, cwd }: Remembered): string {
  return JSON.stringify([agent, id, path, sha256, argv, cwd]);
}

/** The file without one entry, all else as it was. */
export function withoutEntry(file: RulesFile, gone: Remembered): RulesFile {
  const { agent } = gone;
  const agents = object(object(file).agents);
  const rules = object(agents[agent]);
  const name = nameOf(gone);
  const allowlist = list(rules.allowlist).filter((entry) => nameOf(readEntry(agent, entry)) !== name);
  return { ...file, ...{ agents: { ...agents, [agent]: { ...rules, allowlist } } } };
}

/** The file with other rules for one agent, or for [`DEFAULTS`], all else as it was. */
export function withRules(file: RulesFile, agent: string, rules: Rules): RulesFile {
  const whole = object(file);
  if (agent === DEFAULTS) return { ...file, ...{ defaults: changed(object(whole.defaults), rules) } };
  const agents = object(whole.agents);
  return { ...file, ...{ agents: { ...agents, [agent]: changed(object(agents[agent]), rules) } } };
}

/** The words of `rules` in place of those that are there; what is absent in it goes. */
function changed(there: Loose, { security, ask, fallback }: Rules): Loose {
  const { security: _, ask: __, askFallback: ___, ...rest } = there;
  return {
    ...rest,
    ...(security ? { security } : {}),
    ...(ask ? { ask } : {}),
    ...(fallback ? { askFallback: fallback } : {}),
  };
}
