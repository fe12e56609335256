import { fullTime } from "../../format.ts";
import { deviceName, endsSoon, factsOf, inGroups, saysOf, tokenSentence, tokenState, toneOf, trustWord } from "../../state/device-card.ts";
import { byWeight, rightSentence, roleWord } from "../../state/rights.ts";
import { strings } from "../../strings.ts";
import type { PairedDevice, Token } from "../../wire/devices.ts";
import type { Intent } from "./paired.tsx";

const words = strings.devices.paired;

interface CardProps {
  device: PairedDevice;
  /** By the gateway's clock, in Unix milliseconds. */
  now: number;
  onIntent: (intent: Intent) => void;
}

/** One device: who it is, what it may, when it was here, and what can be done about it. */
export function DeviceCard({ device, now, onIntent }: CardProps) {
  const who = deviceName(device);
  return (
    <li class={`card ${toneOf(device, now)}`} data-device={device.deviceId}>
      <header class="card-head">
        <h3><bdi>{who}</bdi></h3>
        <span class={`state-word ${toneOf(device, now)}`}>
          <span class={device.connected ? "dot ok" : "dot idle"} aria-hidden="true" />
          {device.connected ? words.connected : words.away}
        </span>
        <p class="card-tags">
          {device.own && <span class="tag own">{words.own}</span>}
          <span class={`tag trust-${device.trust}`}>{trustWord(device.trust)}</span>
        </p>
      </header>
      <dl class="card-facts">
        {factsOf(device, now).map((fact) => (
          <div key={fact.name}>
            <dt>{fact.name}</dt>
            <dd title={fact.at ? fullTime(fact.at) : undefined}><bdi>{fact.value}</bdi></dd>
          </div>
        ))}
      </dl>
      <More device={device} />
      <ul class="tokens">
        {device.tokens.map((token) => (
          <TokenRow key={token.role} token={token} now={now} who={who}
            onIntent={(kind) => onIntent({ kind, device, role: token.role })} />
        ))}
      </ul>
      <div class="card-actions">
        <Act word={words.rename} who={who} act={() => onIntent({ kind: "rename", device })} />
        <Act word={words.trust} who={who} act={() => onIntent({ kind: "trust", device })} />
        <Act word={words.remove} who={who} act={() => onIntent({ kind: "remove", device })} />
      </div>
    </li>
  );
}

/** What is looked at once: every right in a sentence, and by what the device is known. */
function More({ device }: { device: PairedDevice }) {
  const rights = byWeight(device.scopes).map(rightSentence);
  const may = device.roles.includes("node") ? [...rights, strings.devices.asNode] : rights;
  return (
    <details class="fold device-more">
      <summary>{words.more}</summary>
      <h4>{words.rightsTitle}</h4>
      <ul class="rights">{may.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      <dl class="card-facts">
        <div><dt>{words.says}</dt><dd><bdi>{saysOf(device)}</bdi></dd></div>
        <div class="key-fact"><dt>{words.key}</dt><dd><code>{inGroups(device.deviceId)}</code></dd></div>
      </dl>
    </details>
  );
}

interface TokenRowProps {
  token: Token;
  now: number;
  who: string;
  onIntent: (kind: "renew" | "revoke") => void;
}

/** The device's key for one role. */
function TokenRow({ token, now, who, onIntent }: TokenRowProps) {
  const state = tokenState(token, now);
  const role = roleWord(token.role);
  return (
    <li class="token">
      <p>
        <span class="strong">{words.tokenOf(role)}:</span>{" "}
        <span class={state !== "valid" || endsSoon(token, now) ? "wrong" : undefined}
          title={token.expiresAt ? fullTime(token.expiresAt) : undefined}>
          {tokenSentence(token, now)}
        </span>
      </p>
      {state !== "revoked" && (
        <div class="token-actions">
          <Act word={words.rotate} who={`${who}, ${role}`} act={() => onIntent("renew")} />
          <Act word={words.revoke} who={`${who}, ${role}`} act={() => onIntent("revoke")} />
        </div>
      )}
    </li>
  );
}

function Act({ word, who, act }: { word: string; who: string; act: () => void }) {
  return (
    <button type="button" class="quiet outline" aria-label={strings.devices.of(word, who)} onClick={act}>{word}</button>
  );
}
