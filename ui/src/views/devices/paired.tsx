import { useState } from "preact/hooks";
import { devicesFailure, paired, removeDevice, renameDevice, revokeToken } from "../../state/devices.ts";
import { deviceName, endsOf, lockoutWarnings } from "../../state/device-card.ts";
import { roleWord } from "../../state/rights.ts";
import { strings } from "../../strings.ts";
import type { PairedDevice } from "../../wire/devices.ts";
import { Loading } from "../loading.tsx";
import { NameSheet } from "../name-sheet.tsx";
import { DeviceCard } from "./device-card.tsx";
import { LockoutQuestion } from "./lockout-question.tsx";
import { RenewSheet } from "./renew-sheet.tsx";
import { TrustSheet } from "./trust-sheet.tsx";

const words = strings.devices;

/** What is asked about one device before it is done. */
export type Intent =
  | { kind: "rename" | "trust" | "remove"; device: PairedDevice }
  | { kind: "renew" | "revoke"; device: PairedDevice; role: string };

/** Devices that may connect, this browser first. */
export function PairedDevices({ now }: { now: number }) {
  const [intent, setIntent] = useState<Intent>();
  const told = paired.value;
  const ownFirst = told && [...told].sort((a, b) => Number(b.own) - Number(a.own));
  return (
    <section aria-labelledby="paired-title">
      <h2 id="paired-title">{words.paired.region}</h2>
      {!told && !devicesFailure.value && <Loading text={words.loading} />}
      {told?.length === 0 && <p class="none">{words.paired.none}</p>}
      <ul class="cards">
        {ownFirst?.map((device) => (
          <DeviceCard key={device.deviceId} device={device} now={now} onIntent={setIntent} />
        ))}
      </ul>
      {intent && <Ask intent={intent} now={now} onClose={() => setIntent(undefined)} />}
    </section>
  );
}

interface AskProps {
  intent: Intent;
  now: number;
  onClose: () => void;
}

function Ask({ intent, now, onClose }: AskProps) {
  const { device } = intent;
  const who = deviceName(device);
  const all = paired.value ?? [];
  switch (intent.kind) {
    case "rename":
      return (
        <NameSheet words={words.rename} value={device.label ?? device.name ?? ""} onClose={onClose}
          save={(label) => renameDevice(device, label)} />
      );
    case "trust":
      return <TrustSheet device={device} now={now} onClose={onClose} />;
    case "renew":
      return <RenewSheet device={device} role={intent.role} onClose={onClose} />;
    case "revoke": {
      const several = device.roles.length > 1;
      return (
        <LockoutQuestion warnings={lockoutWarnings(device, intent.role, all, now)} ends={endsOf(device, [intent.role], now)}
          words={words.revoke} onClose={onClose}
          title={several ? words.revoke.titleRole(who, roleWord(intent.role)) : words.revoke.title(who)}
          action={() => revokeToken(device, intent.role)} />
      );
    }
    case "remove":
      return (
        <LockoutQuestion warnings={lockoutWarnings(device, undefined, all, now)} ends={endsOf(device, device.roles, now)}
          words={words.remove} onClose={onClose}
          title={words.remove.title(who)} action={() => removeDevice(device)} />
      );
  }
}
