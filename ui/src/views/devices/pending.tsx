import { useState } from "preact/hooks";
import { countdown } from "../../format.ts";
import { deviceName, inGroups, placeOf, saysOf } from "../../state/device-card.ts";
import { approveDevice, rejectDevice, waiting } from "../../state/devices.ts";
import { difference, gained, isWide, type RightChange, roleWord } from "../../state/rights.ts";
import { strings } from "../../strings.ts";
import type { PendingDevice } from "../../wire/devices.ts";
import { Ago } from "../ago.tsx";
import { Question } from "../question.tsx";
import { useAction } from "../use-action.ts";
import { ChangeSign } from "./change-sign.tsx";
import { OfferedCommands } from "./offered-commands.tsx";

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
      <div><dt>{words.asked}</dt><dd><Ago at={request.since} now={now} /></dd></div>
    </dl>
  );
}

/** What it would be able to do; of a known device, what of that is new, stays and goes. */
function Wants({ request }: { request: PendingDevice }) {
  const isNode = request.role === "node";
  const changes = difference(request);
  return (
    <div class="wants">
      <h4>{request.known ? words.changes : words.wants}</h4>
      <Rights changes={changes} node={isNode} compared={request.known} />
      {isNode && changes.length === 0 && <p class="hint">{words.wantsNothing}</p>}
      {isNode && <OfferedCommands request={request} />}
    </div>
  );
}

interface RightsProps {
  changes: readonly RightChange[];
  node: boolean;
  /** Whether there is something to compare with. */
  compared: boolean;
}

function Rights({ changes, node, compared }: RightsProps) {
  return (
    <ul class={compared ? "rights compared" : "rights"}>
      {changes.map(({ scope, kind, sentence }) => (
        <li key={scope} title={scope} class={compared ? `right-${kind}` : undefined}>
          {compared && <ChangeSign kind={kind} />}
          <span class="right-words">{sentence}</span>
        </li>
      ))}
      {node && <li>{strings.devices.asNode}</li>}
    </ul>
  );
}

function WideQuestion({ request, onClose }: { request: PendingDevice; onClose: () => void }) {
  return (
    <Question title={words.wideTitle(deviceName(request))} text={words.wideText} confirm={words.wideConfirm}
      action={() => approveDevice(request)} onClose={onClose}>
      <Rights changes={difference(request).filter(({ scope }) => gained(request).includes(scope))} node={request.role === "node"} compared={false} />
      <p class="key-shown">{words.key}: <code>{inGroups(request.deviceId)}</code></p>
      <p class="strong">{words.wideOnly}</p>
    </Question>
  );
}
