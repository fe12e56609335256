import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isReady } from "../state/gateway.ts";
import { models, THINKING_LEVELS } from "../state/models.ts";
import { showNotice } from "../state/page.ts";
import { defaultModel, openKey, openSession, patchSession } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import type { Model } from "../wire/session.ts";

const words = strings.composer;

interface PickerProps {
  field: "model" | "thinkingLevel";
  name: string;
  /** What the gateway says; empty for its default. */
  confirmed: string;
  children: ComponentChildren;
}

/** Shows the choice just made until the gateway confirms or refuses it. */
function Picker({ field, name, confirmed, children }: PickerProps) {
  const [chosen, setChosen] = useState<string>();
  const choose = async (value: string): Promise<void> => {
    setChosen(value);
    try {
      await patchSession(openKey.value, { [field]: value === "" ? null : value });
    } catch (error) {
      showNotice(strings.session.failed(error instanceof Error ? error.message : String(error)));
    } finally {
      setChosen(undefined);
    }
  };
  return (
    <label class={chosen === undefined ? `picker ${field}` : `picker ${field} busy`}>
      <span class="sr-only">{name}</span>
      <select value={chosen ?? confirmed} disabled={!isReady.value}
        onChange={(event) => void choose(event.currentTarget.value)}>
        {children}
      </select>
    </label>
  );
}

/** Empty for the default: a conversation with no choice of its own reports the default too. */
function currentModel(): string {
  const session = openSession.value;
  if (!session?.model) return "";
  const ref = session.modelProvider ? `${session.modelProvider}/${session.model}` : session.model;
  return ref === defaultModel.value ? "" : ref;
}

export function ModelPicker() {
  const current = currentModel();
  const isListed = (ref: string | undefined): boolean => models.value.some((model) => model.ref === ref);
  return (
    <Picker field="model" name={words.model} confirmed={current}>
      {!isListed(defaultModel.value) && <option value="">{unlistedDefault()}</option>}
      {current !== "" && !isListed(current) && <option value={current}>{openSession.value?.model}</option>}
      <ModelOptions />
    </Picker>
  );
}

function unlistedDefault(): string {
  const ref = defaultModel.value;
  return ref ? words.modelDefaultIs(ref.slice(ref.indexOf("/") + 1)) : words.modelDefault;
}

function ModelOptions() {
  const groups = byProvider(models.value);
  const isOnly = models.value.length === 1;
  const option = (model: Model) => {
    const isDefault = model.ref === defaultModel.value;
    const name = isDefault && !isOnly ? words.modelIsDefault(model.name) : model.name;
    return <option key={model.ref} value={isDefault ? "" : model.ref}>{name}</option>;
  };
  if (groups.length < 2) return <>{models.value.map(option)}</>;
  return (
    <>
      {groups.map(([provider, group]) => (
        <optgroup key={provider} label={provider}>{group.map(option)}</optgroup>
      ))}
    </>
  );
}

function byProvider(all: readonly Model[]): [string, Model[]][] {
  const groups = new Map<string, Model[]>();
  for (const model of all) groups.set(model.provider, [...(groups.get(model.provider) ?? []), model]);
  return [...groups];
}

export function ThinkingPicker() {
  const current = openSession.value?.thinkingLevel ?? "";
  const known = THINKING_LEVELS.some((level) => level === current);
  return (
    <Picker field="thinkingLevel" name={words.thinking} confirmed={current}>
      <option value="">{words.thinkingDefault}</option>
      {current !== "" && !known && <option value={current}>{words.thinkingLevel(current)}</option>}
      {THINKING_LEVELS.map((level) => (
        <option key={level} value={level}>{words.thinkingLevel(level)}</option>
      ))}
    </Picker>
  );
}
