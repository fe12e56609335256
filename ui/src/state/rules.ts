import { batch, computed, signal } from "@preact/signals";
import { list, object, text } from "../wire/read.ts";
import { DEFAULTS, type Policy, readPolicy } from "../wire/rules.ts";
import { reasonOf } from "./channels.ts";
import { gateway, isReady } from "./gateway.ts";
import { orRefusal } from "./refusal.ts";
import type { RuleKeeper } from "./rule-change.ts";

/** The rules for programs on the gateway; undefined until the gateway has told. */
export const policy = signal<Policy | undefined>(undefined);
/** Why this browser is not told; it may lack the scope. */
export const policyFailure = signal<string | undefined>(undefined);
/** Agents that the gateway has, by name. */
const agents = signal<ReadonlyMap<string, string>>(new Map());

/** Whose rules there are: every agent of the gateway, and those that only the file names. */
export const ruled = computed<readonly string[]>(() => {
  const told = policy.value?.agents.map(({ agent }) => agent) ?? [];
  return [DEFAULTS, ...new Set([...agents.value.keys(), ...told])];
});

/** An agent's own name where it has one beside its id. */
export function agentName(id: string): string | undefined {
  const name = agents.value.get(id);
  return name === id ? undefined : name;
}

export async function refreshPolicy(): Promise<void> {
  if (!isReady.value) return;
  try {
    const told = readPolicy(await orRefusal(gateway().call("exec.approvals.get", {})));
    const known = await gateway().call("agents.list", {}).then(readAgents);
    batch(() => {
      policy.value = told;
      agents.value = known;
      policyFailure.value = undefined;
    });
  } catch (error) {
    if (isReady.value) policyFailure.value = reasonOf(error);
  }
}

function readAgents(value: unknown): ReadonlyMap<string, string> {
  const rows = list(object(value).agents).map(object);
  return new Map(rows.flatMap(({ id, name }) => (text(id) ? [[String(id), text(name) ?? String(id)]] : [])));
}

/** The gateway's own rules. */
export const gatewayRules: RuleKeeper = {
  policy,
  refresh: refreshPolicy,
  set: async (file, baseHash) => {
    policy.value = readPolicy(await orRefusal(gateway().call("exec.approvals.set", { file, baseHash })));
  },
};
