import { useState } from "preact/hooks";
import { deviceName, shortId, trustWord } from "../../state/device-card.ts";
import { paired, setTrust } from "../../state/devices.ts";
import { strings } from "../../strings.ts";
import type { PairedDevice, TrustChange } from "../../wire/devices.ts";
import { Ago } from "../ago.tsx";
import { Choices } from "../choices.tsx";
import { Sheet } from "../sheet.tsx";
import { useAction } from "../use-action.ts";

const words = strings.devices.trust;
const LEVELS = ["untrusted", "verified", "trusted"] as const;
type Level = (typeof LEVELS)[number];

interface TrustSheetProps {
  device: PairedDevice;
  now: number;
  onClose: () => void;
}

/** Says how far a device is trusted, and shows who said what before. */
export function TrustSheet({ device, now, onClose }: TrustSheetProps) {
  const [level, setLevel] = useState<Level>(LEVELS.find((one) => one === device.trust) ?? "untrusted");
  const { busy, failure, run } = useAction(() => setTrust(device, level), onClose);
  return (
    <Sheet title={words.title(deviceName(device))} kind="centre" onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void run(); }}>
        <Choices name="trust" legend={words.title(deviceName(device))} hideLegend chosen={level} onChoose={setLevel}
          choices={LEVELS.map((value) => ({ value, word: trustWord(value), sentence: words.levels[value]?.sentence ?? "" }))} />
        <p class="hint">{words.note}</p>
        {failure && <p class="hint wrong" role="alert">{failure}</p>}
        <details class="fold trust-changes">
          <summary>{words.changes}</summary>
          {device.trustChanges.length === 0 && <p class="none">{words.noChange}</p>}
          <ol>{device.trustChanges.map((change, index) => <Change key={index} change={change} now={now} />)}</ol>
        </details>
        <div class="sheet-actions">
          <button type="button" class="quiet" onClick={onClose}>{strings.cancel}</button>
          <button type="submit" class="primary" disabled={busy || level === device.trust}>{words.save}</button>
        </div>
      </form>
    </Sheet>
  );
}

function Change({ change: { from, to, by, at }, now }: { change: TrustChange; now: number }) {
  return (
    <li>
      {words.change(trustWord(from), trustWord(to))}{" "}
      <span class="muted">{words.by(whoOf(by))}, <Ago at={at} now={now} /></span>
    </li>
  );
}

function whoOf(by: string): string {
  const id = /^device:(.+)$/.exec(by)?.[1];
  if (!id) return by === "owner" ? words.owner : by;
  const device = paired.value?.find(({ deviceId }) => deviceId === id);
  return device ? deviceName(device) : shortId(id);
}
