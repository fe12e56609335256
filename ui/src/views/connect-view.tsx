import { useEffect, useRef, useState } from "preact/hooks";
import { connectionState, connectWith, insecure, reconnect } from "../state/gateway.ts";
import { strings } from "../strings.ts";
import { ConnectionBanner } from "./connection-badge.tsx";
import { AlertIcon, Logo } from "./icons.tsx";
import { ThemeButton } from "./theme-button.tsx";

const words = strings.connect;

/** For a browser that the gateway does not know yet. */
export function ConnectView() {
  return (
    <div class="connect">
      <div class="connect-theme"><ThemeButton /></div>
      <main class="connect-card" id="main">
        <Logo size={52} />
        {insecure.value ? <Insecure /> : <Ways />}
        <ConnectionBanner />
      </main>
    </div>
  );
}

function Insecure() {
  return (
    <>
      <h1>{words.title}</h1>
      <p class="problem" role="alert"><AlertIcon />{words.insecure}</p>
    </>
  );
}

function Ways() {
  const state = connectionState.value;
  const starting = state.name === "idle" || state.name === "connecting";
  return (
    <>
      <h1>{words.title}</h1>
      <Refusal />
      <p class="lead">{words.lead}</p>
      <pre class="command"><code>{words.command}</code></pre>
      <p class="lead">{words.then}</p>
      <PasteForm busy={starting} />
    </>
  );
}

/** Why the gateway said no, unless nothing was tried yet. */
function Refusal() {
  const state = connectionState.value;
  if (state.name !== "refused" || (state.code === "AUTH_TOKEN_MISSING" && state.text === "")) {
    return null;
  }
  const sentence = words.refusals[state.code] ?? words.refused(state.text || state.code);
  return (
    <div class="problem" role="alert">
      <AlertIcon />
      <div>
        <p>{sentence}</p>
        {state.requestId && (
          <>
            <pre class="command"><code>{words.approve(state.requestId)}</code></pre>
            <button type="button" class="quiet small" onClick={reconnect}>{strings.retry}</button>
          </>
        )}
      </div>
    </div>
  );
}

function PasteForm({ busy }: { busy: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = field.current?.value.trim() ?? "";
    setMissing(text === "");
    if (text === "") field.current?.focus();
    else connectWith(text);
  };
  return (
    <form class="connect-form" onSubmit={submit}>
      <label for="credential">{words.field}</label>
      <div class="connect-row">
        <input id="credential" ref={field} type="password" autocomplete="off" spellcheck={false}
          aria-invalid={missing} aria-describedby="credential-hint" />
        <button type="submit" class="primary" disabled={busy}>
          {busy ? words.working : words.submit}
        </button>
      </div>
      <p id="credential-hint" class={missing ? "hint wrong" : "hint"}>
        {missing ? words.empty : words.hint}
      </p>
    </form>
  );
}
