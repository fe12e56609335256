import { signal } from "@preact/signals";
import { strings } from "../strings.ts";
import { type Policy, readPolicy, type Remembered, withoutEntry } from "../wire/rules.ts";
import { reasonOf } from "./channels.ts";
import { gateway, isReady } from "./gateway.ts";
import { showNotice } from "./page.ts";
import { orRefusal } from "./refusal.ts";

/** The rules for programs on the gateway; undefined until the gateway has told. */
export const policy = signal<Policy | undefined>(undefined);
/** Why this browser is not told; it may lack the scope. */
export const policyFailure = signal<string | undefined>(undefined);

export async function refreshPolicy(): Promise<void> {
  if (!isReady.value) return;
  try {
    policy.value = readPolicy(await orRefusal(gateway().call("exec.approvals.get", {})));
    policyFailure.value = undefined;
  } catch (error) {
    if (isReady.value) policyFailure.value = reasonOf(error);
  }
}

/** Takes back an “always”. The gateway refuses it if the rules have changed since they were shown. */
export async function forget(entry: Remembered): Promise<void> {
  const shown = policy.value;
  if (!shown) return;
  const file = withoutEntry(shown.file, entry);
  const call = gateway().call("exec.approvals.set", { file, baseHash: shown.hash });
  await orRefusal(call).finally(() => refreshPolicy());
  showNotice(strings.approvals.rules.forgotten);
}
