import { useState } from "preact/hooks";
import { channels, channelsFailure, refreshChannels } from "../../state/channels.ts";
import { gatewayTime } from "../../state/clock.ts";
import { strings } from "../../strings.ts";
import type { Account } from "../../wire/channels.ts";
import { Failure } from "../failure.tsx";
import { ChannelsIcon } from "../icons.tsx";
import { Loading } from "../loading.tsx";
import { AccountCard } from "./account-card.tsx";
import { LogoutSheet } from "./logout-sheet.tsx";
import { ArrowHead } from "./state-picture.tsx";

const words = strings.channels;

/** A card for each account, or how to get the first one. */
export function Accounts({ now }: { now: number }) {
  const [leaving, setLeaving] = useState<Account>();
  const told = channels.value;
  return (
    <section aria-labelledby="accounts-title">
      <h2 id="accounts-title">{words.account.region}</h2>
      <Failure reason={channelsFailure.value && words.failed(channelsFailure.value)} retry={() => void refreshChannels()} />
      {!told && !channelsFailure.value && <Loading text={words.loading} />}
      {told?.accounts.length === 0 && <NoAccount />}
      <ArrowHead />
      <ul class="cards">
        {told?.accounts.map((account) => (
          <AccountCard key={`${account.channel}/${account.accountId}`} account={account}
            now={gatewayTime(now)} onLogout={() => setLeaving(account)} />
        ))}
      </ul>
      {leaving && <LogoutSheet account={leaving} onClose={() => setLeaving(undefined)} />}
    </section>
  );
}

function NoAccount() {
  return (
    <div class="no-channel">
      <ChannelsIcon />
      <h3>{words.empty.title}</h3>
      <p>{words.empty.text}</p>
      <pre class="command"><code>{words.empty.command}</code></pre>
      <p class="muted">{words.empty.after}</p>
    </div>
  );
}
