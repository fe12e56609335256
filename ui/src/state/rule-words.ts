import { strings } from "../strings.ts";
import { ANY_AGENT, DEFAULTS, type Policy, type Rules } from "../wire/rules.ts";

const words = strings.approvals.rules;

/** What holds where nobody said anything, as the gateway has it. */
const BUILT_IN = { security: "allowlist", ask: "on-miss", fallback: "deny" } as const satisfies Required<Rules>;

/** What an agent would have without rules of its own. */
export function inherited({ defaults, agents }: Policy, agent: string): Required<Rules> {
  const any = agents.find((one) => one.agent === ANY_AGENT)?.own;
  const layers = agent === DEFAULTS ? [] : agent === ANY_AGENT ? [defaults] : [any, defaults];
  return layered([...layers, BUILT_IN]);
}

/** What holds for an agent: its own rules first, then those of every agent, then the defaults. */
export function effective(policy: Policy, agent: string): Required<Rules> {
  return layered([ownOf(policy, agent), inherited(policy, agent)]);
}

export function ownOf({ defaults, agents }: Policy, agent: string): Rules {
  if (agent === DEFAULTS) return defaults;
  return agents.find((one) => one.agent === agent)?.own ?? {};
}

function layered(layers: readonly (Rules | undefined)[]): Required<Rules> {
  const first = (key: keyof Rules): string => layers.find((one) => one?.[key])?.[key] ?? BUILT_IN[key];
  return { security: first("security"), ask: first("ask"), fallback: first("fallback") };
}

export function hasOwn({ security, ask, fallback }: Rules): boolean {
  return [security, ask, fallback].some((one) => one !== undefined);
}

export function sameRules(one: Rules, other: Rules): boolean {
  return one.security === other.security && one.ask === other.ask && one.fallback === other.fallback;
}

/** Whether a person may be asked at all under these rules. */
export function mayAsk({ security, ask }: Required<Rules>): boolean {
  if (security === "deny") return false;
  return security === "full" ? ask === "always" : ask !== "off";
}

/** Whether everything runs and nobody is asked. */
export function isOpen({ security, ask }: Required<Rules>): boolean {
  return security === "full" && ask !== "always";
}

/** What these rules come to, in sentences: a rule that another one makes void is not told. */
export function sentencesOf(rules: Required<Rules>): readonly string[] {
  const { security, ask, fallback } = rules;
  if (security === "deny") return [words.nothingRuns];
  if (isOpen(rules)) return [words.everythingRuns];
  if (ask === "always") return [words.alwaysAsked, fallback === "deny" ? words.silenceIsNo : words.silenceIsAllowlist];
  const rest = ask === "off" ? words.neverAsked : words.askedElse;
  return [words.allowedRuns, rest, ...(ask === "off" ? [] : [words.silenceIsNo])];
}
