import { useState } from "preact/hooks";
import { devicesFailure, refreshDevices } from "../../state/devices.ts";
import { gatewayTime } from "../../state/clock.ts";
import { strings } from "../../strings.ts";
import { PlusIcon } from "../icons.tsx";
import { PageBody } from "../page-body.tsx";
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
    <PageBody page="devices" failure={devicesFailure.value && words.failed(devicesFailure.value)} retry={look}
      action={<button type="button" class="primary" onClick={() => setAdding(true)}><PlusIcon />{words.setup.open}</button>}
      over={adding && <SetupSheet onClose={() => setAdding(false)} />}>
      <PendingDevices now={now} />
      <PairedDevices now={now} />
    </PageBody>
  );
}

function look(): void {
  void refreshDevices();
}
