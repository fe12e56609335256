import { useState } from "preact/hooks";
import { announce } from "../state/announce.ts";
import { isReady } from "../state/gateway.ts";
import { models, THINKING_LEVELS } from "../state/models.ts";
import { defaultModel, openKey, openSession, patchSession } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import type { Model } from "../wire/session.ts";

const words = strings.composer;

/** The choice just made, shown until the gateway confirms or refuses it. */
function useChoice(field: "model" | "thinkingLevel", confirmed: string) {
  const [chosen, setChosen] = useState<string>();
  const choose = async (value: string): Promise<void> => {
    setChosen(value);
    try {
      await patchSession(openKey.value, { [field]: value === "" ? null : value });
    } catch (error) {
      announce(strings.session.failed(error instanceof Error ? error.message : String(error)));
    } finally {
      setChosen(undefined);
    }
  };
  return { value: chosen ?? confirmed, choose };
}

function currentModel(): string {
  const session = openSession.value;
  if (!session?.model) return "";
  return session.modelProvider ? `${session.modelProvider}/${session.model}` : session.model;
}

export function ModelPicker() {
  const current = currentModel();
  const { value, choose } = useChoice("model", current);
  const known = models.value.some((model) => model.ref === current);
  const name = defaultModel.value;
  return (
    <label class="picker model">
      <span class="sr-only">{words.model}</span>
      <select value={value} disabled={!isReady.value} onChange={(event) => void choose(event.currentTarget.value)}>
        <option value="">{name ? words.modelDefaultIs(name) : words.modelDefault}</option>
        {current !== "" && !known && <option value={current}>{openSession.value?.model}</option>}
        {byProvider(models.value).map(([provider, group]) => (
          <optgroup key={provider} label={provider}>
            {group.map((model) => <option key={model.ref} value={model.ref}>{model.name}</option>)}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function byProvider(all: readonly Model[]): [string, Model[]][] {
  const groups = new Map<string, Model[]>();
  for (const model of all) groups.set(model.provider, [...(groups.get(model.provider) ?? []), model]);
  return [...groups];
}

export function ThinkingPicker() {
  const current = openSession.value?.thinkingLevel ?? "";
  const { value, choose } = useChoice("thinkingLevel", current);
  const known = THINKING_LEVELS.some((level) => level === current);
  return (
    <label class="picker thinking">
      <span class="sr-only">{words.thinking}</span>
      <select value={value} disabled={!isReady.value} onChange={(event) => void choose(event.currentTarget.value)}>
        <option value="">{words.thinkingDefault}</option>
        {current !== "" && !known && <option value={current}>{words.thinkingLevel(current)}</option>}
        {THINKING_LEVELS.map((level) => (
          <option key={level} value={level}>{words.thinkingLevel(level)}</option>
        ))}
      </select>
    </label>
  );
}
