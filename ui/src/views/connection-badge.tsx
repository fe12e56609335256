import { useEffect, useState } from "preact/hooks";
import { connectionState, gateway } from "../state/gateway.ts";
import { overlay } from "../state/page.ts";
import { strings } from "../strings.ts";

const words = strings.connection;

function word(): string {
  const state = connectionState.value;
  return state.name === "waiting" ? words[state.reason] : words[state.name];
}

function tone(): "ok" | "busy" | "bad" {
  const name = connectionState.value.name;
  if (name === "ready") return "ok";
  return name === "refused" ? "bad" : "busy";
}

/** Always visible: a dot and a word; opens the details. */
export function ConnectionBadge() {
  const now = word();
  return (
    <button type="button" class="badge" aria-label={words.label(now)}
      onClick={() => { overlay.value = "details"; }}>
      <span class={`dot ${tone()}`} aria-hidden="true" />
      <span class="badge-word">{now}</span>
    </button>
  );
}

/** What happens while there is no connection, and when the next try is. */
export function ConnectionBanner() {
  const state = connectionState.value;
  const seconds = useSecondsUntil(state.name === "waiting" ? state.retryAtMs : 0);
  if (state.name !== "waiting") return null;
  return (
    <div class="banner" role="status">
      <p>
        {words.banner[state.reason]} <span aria-hidden="true">{words.retryIn(seconds)}</span>
      </p>
      <button type="button" class="quiet small" onClick={() => gateway().retryNow()}>
        {words.retryNow}
      </button>
    </div>
  );
}

function useSecondsUntil(at: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (at === 0) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [at]);
  return Math.max(0, Math.ceil((at - now) / 1000));
}
