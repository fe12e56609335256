import { lockoutWarnings } from "../state/device-card.ts";
import { paired } from "../state/devices.ts";
import { gatewayTime } from "../state/clock.ts";
import { forgetBrowser } from "../state/gateway.ts";
import { overlay } from "../state/page.ts";
import { strings } from "../strings.ts";
import { LockoutQuestion } from "./devices/lockout-question.tsx";
import { useNow } from "./use-now.ts";

const words = strings.devices;

/** Asks before this browser throws its own key away. */
export function ForgetSheet() {
  const now = gatewayTime(useNow());
  const all = paired.value ?? [];
  const own = all.find((device) => device.own);
  const warnings = own ? lockoutWarnings(own, "operator", all, now) : [words.lockout.own];
  return (
    <LockoutQuestion title={words.forget.title} words={words.forget} ends={[]} warnings={warnings}
      action={forgetBrowser} onClose={() => { overlay.value = undefined; }} />
  );
}
