import { signal } from "@preact/signals";
import { list, object } from "../wire/read.ts";
import { type Model, readModel } from "../wire/session.ts";
import { gateway } from "./gateway.ts";

export const models = signal<readonly Model[]>([]);
export const THINKING_LEVELS = ["off", "minimal", "low", "medium", "high"] as const;

export async function refreshModels(): Promise<void> {
  const result = await gateway()
    .call("models.list", {})
    .catch(() => undefined);
  if (result === undefined) return;
  const all = list(object(result).models)
    .map(readModel)
    .filter((model) => model !== undefined);
  // The agent that answers without a model is no choice where there are models.
  const real = all.filter((model) => model.provider !== "offline");
  models.value = real.length > 0 ? real : all;
}
