import { useMemo, useState } from "preact/hooks";
import { countdown } from "../../format.ts";
import { gatewayTime } from "../../state/clock.ts";
import { makeSetupCode, type Profile } from "../../state/devices.ts";
import { qrOf } from "../../state/qr.ts";
import { strings } from "../../strings.ts";
import type { SetupCode } from "../../wire/devices.ts";
import { Choices } from "../choices.tsx";
import { CopyButton } from "../copy-button.tsx";
import { Sheet } from "../sheet.tsx";
import { useAction } from "../use-action.ts";
import { useNow } from "../use-now.ts";

const words = strings.devices.setup;
/** What gives least comes first. */
const PROFILES = ["node", "limited", "full"] as const satisfies readonly Profile[];
const LOCAL = /^wss?:\/\/(localhost|127\.|\[::1\])/;

interface SetupSheetProps {
  /** What is chosen to begin with. */
  profile?: Profile;
  onClose: () => void;
}

/** Makes a code with which one new device joins, and shows it as text and for a camera. */
export function SetupSheet({ profile: first = "limited", onClose }: SetupSheetProps) {
  const [profile, setProfile] = useState<Profile>(first);
  const [made, setMade] = useState<SetupCode>();
  const { busy, failure, run } = useAction(async () => setMade(await makeSetupCode(profile)));
  return (
    <Sheet title={words.title} kind="centre" onClose={onClose}>
      <form class="setup" onSubmit={(event) => { event.preventDefault(); void run(); }}>
        {made ? <Made made={made} /> : (
          <>
            <p>{words.lead}</p>
            <Choices name="profile" legend={words.profile} chosen={profile} onChoose={setProfile}
              choices={PROFILES.map((value) => ({ value, word: wordOf(value), sentence: words.profiles[value]?.sentence ?? "" }))} />
          </>
        )}
        {failure && <p class="hint wrong" role="alert">{failure}</p>}
        <div class="sheet-actions">
          <button type="button" class="quiet" onClick={onClose}>{strings.close}</button>
          <button type="submit" class={made ? "quiet outline" : "primary"} disabled={busy}>
            {made ? words.again : words.make}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function wordOf(access: string): string {
  return Object.hasOwn(words.profiles, access) ? (words.profiles[access]?.word ?? access) : access;
}

function Made({ made }: { made: SetupCode }) {
  const left = made.expiresAt - gatewayTime(useNow());
  if (left <= 0) return <p class="problem" role="alert">{words.expired}</p>;
  return (
    <>
      <QrCode text={made.code} />
      <p class="setup-left" role="timer">{words.countdown(countdown(left))}</p>
      <pre class="command setup-code" aria-label={words.text} role="group" tabIndex={0}><code>{made.code}</code></pre>
      <CopyButton text={made.code} label={words.copy} done={words.copied} />
      <dl class="card-facts">
        <div><dt>{words.good}</dt><dd>{wordOf(made.access)}</dd></div>
        <div><dt>{words.url}</dt><dd>{made.url}</dd></div>
      </dl>
      {made.access === "node" && <NodeHost />}
      {made.downgraded && <p class="hint">{words.downgraded}</p>}
      {LOCAL.test(made.url) && <p class="hint">{words.local}</p>}
    </>
  );
}

/** How a machine without a camera takes the code. */
function NodeHost() {
  return (
    <div>
      <p class="hint">{words.host}</p>
      <pre class="command host-command"><code>{words.hostCommand}</code></pre>
    </div>
  );
}

/** Dark on light in every theme: cameras want it so. */
function QrCode({ text }: { text: string }) {
  const { size, path } = useMemo(() => qrOf(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.picture} shape-rendering="crispEdges">
      <rect class="qr-ground" width={size} height={size} />
      <path class="qr-dark" d={path} />
    </svg>
  );
}
