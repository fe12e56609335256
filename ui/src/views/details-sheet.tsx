import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { duration, plainCount, shortTime } from "../format.ts";
import { connectionState, deviceId, hello } from "../state/gateway.ts";
import { isHealthy, presence, problems, refreshHealth, runCount, sessionCount, uptimeMs } from "../state/health.ts";
import { overlay } from "../state/page.ts";
import { running, sessions } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import type { PresenceEntry } from "../wire/events.ts";
import { Sheet } from "./sheet.tsx";
import { useNow } from "./use-now.ts";

const words = strings.details;

function close(): void {
  overlay.value = undefined;
}

/** How the gateway is, and who is connected to it. */
export function DetailsSheet() {
  const now = useNow();
  useEffect(() => void refreshHealth(), []);
  const state = connectionState.value;
  const greeting = hello.value;
  const word = state.name === "waiting" ? state.reason : state.name;
  return (
    <Sheet title={words.title} kind="side" onClose={close}>
      <dl class="facts">
        <Fact name={words.state}>{strings.connection[word]}</Fact>
        <Fact name={words.health}><Health /></Fact>
        <Fact name={words.version}>{greeting?.serverVersion ?? "–"}</Fact>
        <Fact name={words.protocol}>{greeting?.protocol ?? "–"}</Fact>
        <Fact name={words.uptime}>{duration(uptimeMs(now))}</Fact>
        <Fact name={words.sessions}>{plainCount(Math.max(sessionCount.value ?? 0, sessions.value.length))}</Fact>
        <Fact name={words.runs}>{plainCount(runCount.value ?? running.value.size)}</Fact>
        <Fact name={words.connId}><code>{greeting?.connId ?? "–"}</code></Fact>
      </dl>
      <Problems />
      <h3>{words.presence}</h3>
      <Presence entries={presence.value} now={now} />
      <p class="hint">{words.forgetHint}</p>
      <button type="button" class="quiet outline" onClick={() => { overlay.value = "forget"; }}>
        {words.forget}
      </button>
    </Sheet>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Health() {
  const healthy = isHealthy.value;
  if (healthy === undefined) return <>{words.unknown}</>;
  return (
    <span class="health">
      <span class={healthy ? "dot ok" : "dot bad"} aria-hidden="true" />
      {healthy ? words.healthy : words.unhealthy}
    </span>
  );
}

function Problems() {
  if (problems.value.length === 0) return null;
  return (
    <ul class="problems">
      {problems.value.map((sentence) => <li key={sentence} class="problem">{sentence}</li>)}
    </ul>
  );
}

function Presence({ entries, now }: { entries: readonly PresenceEntry[]; now: number }) {
  if (entries.length === 0) return <p class="none">{words.nobody}</p>;
  return (
    <ul class="presence">
      {entries.map((entry, index) => (
        <li key={index} class={entry.reason === "disconnect" ? "gone" : undefined}>
          <span class="presence-name">
            {entry.name}
            {entry.deviceId !== "" && entry.deviceId === deviceId() && <em>{words.thisBrowser}</em>}
          </span>
          <span class="presence-facts">
            {[words.modes[entry.mode] ?? entry.mode, entry.platform].filter(Boolean).join(" · ")}
          </span>
          <span class="row-time">{shortTime(entry.at, now)}</span>
        </li>
      ))}
    </ul>
  );
}
