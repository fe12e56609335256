import { type ReadonlySignal, signal } from "@preact/signals";
import { type Policy, readPolicy } from "../wire/rules.ts";
import { reasonOf } from "./channels.ts";
import { gateway, isReady } from "./gateway.ts";
import { orRefusal } from "./refusal.ts";
import type { RuleKeeper } from "./rule-change.ts";

/** The rules that a node keeps for itself, as it tells them when it is asked. */
export interface NodeRules extends RuleKeeper {
  /** Why they are not known. */
  readonly failure: ReadonlySignal<string | undefined>;
}

export function rulesOfNode(nodeId: string): NodeRules {
  const policy = signal<Policy | undefined>(undefined);
  const failure = signal<string | undefined>(undefined);
  return {
    policy,
    failure,
    refresh: async () => {
      try {
        policy.value = readPolicy(await orRefusal(gateway().call("exec.approvals.node.get", { nodeId })));
        failure.value = undefined;
      } catch (error) {
        if (isReady.value) failure.value = reasonOf(error);
      }
    },
    set: async (file, baseHash) => {
      policy.value = readPolicy(await orRefusal(gateway().call("exec.approvals.node.set", { nodeId, file, baseHash })));
    },
  };
}
