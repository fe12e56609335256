import type { ReadonlySignal } from "@preact/signals";
import { strings } from "../strings.ts";
import { nameOf, type Policy, type Remembered, type Rules, type RulesFile, withoutEntry, withRules } from "../wire/rules.ts";
import { showNotice } from "./page.ts";

const words = strings.approvals.rules;

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
async function changeRules(keeper: RuleKeeper, apply: (file: RulesFile) => RulesFile, onConflict: () => string): Promise<void> {
  const shown = keeper.policy.value;
  if (!shown) return;
  try {
    await keeper.set(apply(shown.file), shown.hash);
  } catch (error) {
    await keeper.refresh();
    throw keeper.policy.value?.hash === shown.hash ? error : new Error(onConflict(), { cause: error });
  }
}

/** Takes back an “always”. */
export async function forget(keeper: RuleKeeper, entry: Remembered): Promise<void> {
  const name = nameOf(entry);
  const isThere = (): boolean => keeper.policy.value?.agents.some(({ remembered }) => remembered.some((one) => nameOf(one) === name)) ?? false;
  await changeRules(keeper, (file) => withoutEntry(file, entry), () => (isThere() ? words.forgetConflict : words.forgetGone));
  showNotice(words.forgotten);
}

/** Sets other rules for one agent, or for [`DEFAULTS`]. */
export async function saveRules(keeper: RuleKeeper, agent: string, rules: Rules): Promise<void> {
  await changeRules(keeper, (file) => withRules(file, agent, rules), () => words.conflict);
  showNotice(words.saved);
}
