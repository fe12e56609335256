import { useState } from "preact/hooks";
import { countdown } from "../../format.ts";
import { agoOf } from "../../state/account-card.ts";
import { deviceName, inGroups, placeOf, saysOf } from "../../state/device-card.ts";
import { approveDevice, rejectDevice, waiting } from "../../state/devices.ts";
import { byWeight, gained, isWide, rightSentence, rightWord, roleWord } from "../../state/rights.ts";
import { strings } from "../../strings.ts";
import type { PendingDevice } from "../../wire/devices.ts";
import { Question } from "../question.tsx";
import { useAction } from "../use-action.ts";

const words = strings.devices.pending;

/** Devices that wait to be let in, above everything else while there are any. */
export function PendingDevices({ now }: { now: number }) {
  const [wide, setWide] = useState<PendingDevice>();
  if (waiting.value.length === 0) return null;
  return (
    <section class="waiting" aria-labelledby="pending-title">
      <h2 id="pending-title">{words.region}</h2>
      <p class="muted">{words.lead}</p>
      <ul class="cards">
        {waiting.value.map((request) => (
          <Request key={request.requestId} request={request} now={now} onWide={() => setWide(request)} />
        ))}
      </ul>
      {wide && <WideQuestion request={wide} onClose={() => setWide(undefined)} />}
    </section>
  );
}

interface RequestProps {
  request: PendingDevice;
  now: number;
  /** Asks once more first. */
  onWide: () => void;
}

function Request({ request, now, onWide }: RequestProps) {
  const letIn = useAction(() => approveDevice(request));
  const refuse = useAction(() => rejectDevice(request));
  const wide = isWide(request);
  const left = request.expiresAt - now;
  const busy = letIn.busy || refuse.busy;
  const failure = letIn.failure ?? refuse.failure;
  const who = deviceName(request);
  const { of } = strings.devices;
  return (
    <li class="card warn" data-request={request.requestId}>
      <header class="card-head">
        <h3><bdi>{who}</bdi></h3>
        <span class="tag">{request.known ? words.asksMore : words.asks}</span>
      </header>
      <Facts request={request} now={now} />
      <Wants request={request} />
      <p class="hint">{left > 0 ? words.expires(countdown(left)) : words.expired}</p>
      {failure && <p class="hint wrong" role="alert">{failure}</p>}
      <div class="card-actions">
        <button type="button" class="primary" disabled={busy || left <= 0} aria-label={of(words.approve, who)}
          onClick={() => (wide ? onWide() : void letIn.run())}>
          {wide ? words.approveWide : words.approve}
        </button>
        <button type="button" class="quiet outline" disabled={busy} aria-label={of(words.reject, who)}
          onClick={() => void refuse.run()}>
          {words.reject}
        </button>
      </div>
    </li>
  );
}

function Facts({ request, now }: { request: PendingDevice; now: number }) {
  return (
    <dl class="card-facts">
      <div class="key-fact"><dt>{words.key}</dt><dd><code>{inGroups(request.deviceId)}</code></dd></div>
      <div><dt>{words.says}</dt><dd><bdi>{saysOf(request)}</bdi></dd></div>
      <div><dt>{words.from}</dt><dd>{placeOf(request.address)}</dd></div>
      <div><dt>{words.role}</dt><dd>{roleWord(request.role)}</dd></div>
      <div><dt>{words.asked}</dt><dd>{agoOf(request.since, now)}</dd></div>
    </dl>
  );
}

/** What it would be able to do, and what of that it can do already. */
function Wants({ request }: { request: PendingDevice }) {
  const fresh = gained(request);
  const isNode = request.role === "node";
  const had = byWeight(request.granted).map(rightWord).join(", ");
  return (
    <div class="wants">
      <h4>{words.wants}</h4>
      <Rights scopes={fresh} node={isNode} />
      {isNode && fresh.length === 0 && <p class="hint">{words.wantsNothing}</p>}
      {request.known && <p class="hint">{had ? `${words.has}: ${had}` : words.hasNothing}</p>}
    </div>
  );
}

function Rights({ scopes, node }: { scopes: readonly string[]; node: boolean }) {
  return (
    <ul class="rights">
      {scopes.map((scope) => <li key={scope} title={scope}>{rightSentence(scope)}</li>)}
      {node && <li>{strings.devices.asNode}</li>}
    </ul>
  );
}

function WideQuestion({ request, onClose }: { request: PendingDevice; onClose: () => void }) {
  return (
    <Question title={words.wideTitle(deviceName(request))} text={words.wideText} confirm={words.wideConfirm}
      action={() => approveDevice(request)} onClose={onClose}>
      <Rights scopes={gained(request)} node={request.role === "node"} />
      <p class="key-shown">{words.key}: <code>{inGroups(request.deviceId)}</code></p>
      <p class="strong">{words.wideOnly}</p>
    </Question>
  );
}
