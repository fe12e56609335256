/** Words about what the agent does with its tools. */
export const toolStrings = {
  states: {
    running: "Running",
    done: "Done",
    failed: "Failed",
    interrupted: "Interrupted",
    unknown: "No result",
  },
  asks: "Waits for you",
  asksHint: "This runs only if you allow it.",
  copy: "Copy output",
  input: "What was asked for",
  output: "What it brought",
  outputSoFar: "What it has so far",
  nothing: "Nothing was written.",
  picture: (name: string) => `Picture from ${name}`,
};
