import type { ReadonlySignal } from "@preact/signals";
import type { Policy, RulesFile } from "../wire/rules.ts";

/** Where rules are kept: on the gateway, or on a node. */
export interface RuleKeeper {
  /** As they are shown; undefined until they were told. */
  readonly policy: ReadonlySignal<Policy | undefined>;
  /** Has them told again. */
  refresh(): Promise<void>;
  /** Sets them, unless they are no longer those of this hash. */
  set(file: RulesFile, baseHash: string): Promise<void>;
}

/**
 * Sets the rules as they are shown, changed. Who keeps them refuses it if they are no longer those that
 * are shown; then they are loaded again, and whoever changes them is told so and may decide anew.
 */
export async function changeRules(keeper: RuleKeeper, apply: (file: RulesFile) => RulesFile, onConflict: () => string): Promise<void> {
  const shown = keeper.policy.value;
  if (!shown) return;
  try {
    await keeper.set(apply(shown.file), shown.hash);
  } catch (error) {
    await keeper.refresh();
    throw keeper.policy.value?.hash === shown.hash ? error : new Error(onConflict(), { cause: error });
  }
}
