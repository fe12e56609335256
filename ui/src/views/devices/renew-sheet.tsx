import { useState } from "preact/hooks";
import { deviceName } from "../../state/device-card.ts";
import { renewToken } from "../../state/devices.ts";
import { strings } from "../../strings.ts";
import type { NewToken, PairedDevice } from "../../wire/devices.ts";
import { CopyButton } from "../copy-button.tsx";
import { Question } from "../question.tsx";
import { Sheet } from "../sheet.tsx";

const words = strings.devices.rotate;

interface RenewSheetProps {
  device: PairedDevice;
  role: string;
  onClose: () => void;
}

/** Asks before a key is replaced, and shows the new one once if it belongs to another device. */
export function RenewSheet({ device, role, onClose }: RenewSheetProps) {
  const [fresh, setFresh] = useState<NewToken>();
  const who = deviceName(device);
  const mine = device.own && role === "operator";
  if (fresh) return <NewKey who={who} fresh={fresh} onClose={onClose} />;
  const renew = async (): Promise<void> => {
    const answer = await renewToken(device, role);
    if (answer) setFresh(answer);
    else onClose();
  };
  return (
    <Question title={words.title(who)} text={mine ? words.own : words.text} confirm={words.confirm}
      action={renew} onDone={() => undefined} onClose={onClose} />
  );
}

function NewKey({ who, fresh, onClose }: { who: string; fresh: NewToken; onClose: () => void }) {
  return (
    <Sheet title={words.done(who)} kind="centre" onClose={onClose}>
      <p>{words.shown}</p>
      <pre class="command new-key"><code>{fresh.token}</code></pre>
      <div class="sheet-actions">
        <CopyButton text={fresh.token} label={strings.chat.copy} done={strings.chat.copied} />
        <button type="button" class="primary" data-first onClick={onClose}>{strings.close}</button>
      </div>
    </Sheet>
  );
}
