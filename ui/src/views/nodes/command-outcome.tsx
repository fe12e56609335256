import { plainCount } from "../../format.ts";
import type { Outcome } from "../../state/invocations.ts";
import { readAnswer, readPicture } from "../../state/invoke.ts";
import { strings } from "../../strings.ts";

const words = strings.nodes.invoke;

/** What came of a command: the node's answer, that it waits, or why it was not done. */
export function CommandOutcome({ outcome }: { outcome: Outcome }) {
  switch (outcome.kind) {
    case "failed":
      return <p class="hint wrong">{outcome.reason}</p>;
    case "queued":
      return <p class="hint">{words.queued}</p>;
    case "done":
      return <Answer payload={outcome.payload} />;
  }
}

function Answer({ payload }: { payload: unknown }) {
  const picture = readPicture(payload);
  if (picture) return <img class="invoke-picture" src={picture} alt={words.answer} />;
  const answer = readAnswer(payload);
  if (!answer) return <p class="hint">{words.nothing}</p>;
  return (
    <>
      <pre class="invoke-answer" tabIndex={0} role="group" aria-label={words.answer}><code>{answer.text}</code></pre>
      {answer.cut > 0 && <p class="hint">{words.cut(plainCount(answer.cut))}</p>}
    </>
  );
}
