import { useEffect } from "preact/hooks";
import { countdown } from "../../format.ts";
import { review, waiting } from "../../state/approvals.ts";
import { gatewayTime } from "../../state/clock.ts";
import { previewOf } from "../../state/visible.ts";
import { strings } from "../../strings.ts";
import type { Asked } from "../../wire/approvals.ts";
import { ApprovalsIcon } from "../icons.tsx";
import { useNow } from "../use-now.ts";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals.bar;

/** Over every page while a command waits for a decision. It takes no focus: a hand may be writing. */
export function ApprovalBar() {
  const first = waiting.value[0];
  useReviewKey();
  return first ? <Bar first={first} count={waiting.value.length} /> : null;
}

function Bar({ first, count }: { first: Asked; count: number }) {
  const left = first.expiresAt - gatewayTime(useNow());
  return (
    <section class="approval-bar" aria-label={words.region}>
      <ApprovalsIcon />
      <p>
        <span class="strong">{count === 1 ? words.one : words.many(count)}</span>
        <code class="bar-command"><VisibleText text={previewOf(first.command)} /></code>
      </p>
      {left > 0 && <span class="bar-left">{words.left(countdown(left))}</span>}
      <button type="button" class="primary" aria-keyshortcuts="Alt+A" onClick={() => review()}>
        {words.review} <kbd aria-hidden="true">{words.key}</kbd>
      </button>
    </section>
  );
}

/** Alt and A, wherever the hands are; the key where A is, so that other letters of it do not matter. */
function useReviewKey(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.code !== "KeyA" || !event.altKey || event.ctrlKey || event.metaKey || !waiting.value.length) return;
      event.preventDefault();
      review();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
