interface Choice<Value extends string> {
  value: Value;
  word: string;
  sentence: string;
}

interface ChoicesProps<Value extends string> {
  name: string;
  legend: string;
  /** Where the title of the sheet says the same. */
  hideLegend?: boolean;
  choices: readonly Choice<Value>[];
  chosen: Value;
  onChoose: (value: Value) => void;
}

/** One of a few, each with a sentence that says what it means. */
export function Choices<Value extends string>({ name, legend, hideLegend, choices, chosen, onChoose }: ChoicesProps<Value>) {
  return (
    <fieldset class="choices">
      <legend class={hideLegend ? "sr-only" : undefined}>{legend}</legend>
      {choices.map(({ value, word, sentence }) => (
        <label key={value} class="choice">
          <input type="radio" name={name} value={value} checked={chosen === value} onChange={() => onChoose(value)} />
          <span><span class="strong">{word}</span><span class="hint">{sentence}</span></span>
        </label>
      ))}
    </fieldset>
  );
}
