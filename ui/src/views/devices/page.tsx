import { useState } from "preact/hooks";
import { devicesFailure, refreshDevices } from "../../state/devices.ts";
import { gatewayTime } from "../../state/clock.ts";
import { strings } from "../../strings.ts";
import { Failure } from "../failure.tsx";
import { PlusIcon } from "../icons.tsx";
import { Notice } from "../notice.tsx";
import { useFreshness } from "../use-freshness.ts";
import { useNow } from "../use-now.ts";
import { PairedDevices } from "./paired.tsx";
import { PendingDevices } from "./pending.tsx";
import { SetupSheet } from "./setup-sheet.tsx";

const words = strings.devices;
/** Coming, going and last use change no request, so no event tells of them. */
const LOOK_AGAIN_MS = 10_000;

/** Who may connect: requests first, then everything that is let in. */
export function DevicesPage() {
  const now = gatewayTime(useNow());
  const [adding, setAdding] = useState(false);
  useFreshness(look, LOOK_AGAIN_MS);
  return (
    <div class="conversation">
      <div class="scroller" id="devices" tabIndex={0} role="group" aria-label={words.title}>
        <div class="page-column">
          <div class="lead-row">
            <p class="lead">{words.lead}</p>
            <button type="button" class="primary" onClick={() => setAdding(true)}><PlusIcon />{words.setup.open}</button>
          </div>
          <Failure reason={devicesFailure.value && words.failed(devicesFailure.value)} retry={look} />
          <PendingDevices now={now} />
          <PairedDevices now={now} />
        </div>
      </div>
      <Notice />
      {adding && <SetupSheet onClose={() => setAdding(false)} />}
    </div>
  );
}

function look(): void {
  void refreshDevices();
}
