import { exampleOf } from "../../state/command-examples.ts";
import { strings } from "../../strings.ts";
import { type CommandField, entryOf } from "../../wire/catalogue.ts";

const words = strings.nodes.invoke;
const MOST_ROWS = 12;

interface ParamsFieldProps {
  command: string;
  typed: string;
  /** Why what was typed cannot be sent. */
  refusal: string | undefined;
  onType: (typed: string) => void;
}

/** What a command takes: an example that can be sent as it is, and below it what else can stand there. */
export function ParamsField({ command, typed, refusal, onType }: ParamsFieldProps) {
  const fields = entryOf(command)?.fields;
  if (fields?.length === 0) return <p class="hint">{words.noParams}</p>;
  const example = exampleOf(command);
  const rows = Math.min(MOST_ROWS, Math.max(3, typed.split("\n").length));
  return (
    <>
      <div class="label-row">
        <label for="invoke-params">{words.params}</label>
        {example !== "" && example !== typed && (
          <button type="button" class="quiet small" onClick={() => onType(example)}>{words.example}</button>
        )}
      </div>
      <textarea id="invoke-params" rows={rows} spellcheck={false} value={typed} aria-describedby="invoke-hint"
        aria-invalid={refusal !== undefined} onInput={(event) => onType(event.currentTarget.value)} />
      {refusal && <p class="hint wrong" role="alert">{refusal}</p>}
      <p class="hint" id="invoke-hint">{words.paramsHint}</p>
      {fields && <Fields fields={fields} />}
    </>
  );
}

function Fields({ fields }: { fields: readonly CommandField[] }) {
  return (
    <details class="fold params-fields">
      <summary>{words.fields}</summary>
      <dl>
        {fields.map(({ name, type, required, doc }) => (
          <div key={name}>
            <dt><code>{name}</code> <span class="muted">{type}{required && `, ${words.required}`}</span></dt>
            <dd>{doc}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
