import { useState } from "preact/hooks";
import { accountName } from "../../state/account-card.ts";
import { logout, networkLabel } from "../../state/channels.ts";
import { strings } from "../../strings.ts";
import type { Account, Logout } from "../../wire/channels.ts";
import { Question } from "../question.tsx";
import { Sheet } from "../sheet.tsx";

const words = strings.channels.logout;

/** Asks before it logs an account out, and then says which credential is left where. */
export function LogoutSheet({ account, onClose }: { account: Account; onClose: () => void }) {
  const [answer, setAnswer] = useState<Logout>();
  const name = `${networkLabel(account.channel)} (${accountName(account)})`;
  if (answer) return <Left name={name} answer={answer} onClose={onClose} />;
  return (
    <Question title={words.title(name)} text={words.text} confirm={words.confirm} onClose={onClose}
      action={async () => setAnswer(await logout(account))} onDone={() => undefined} />
  );
}

function Left({ name, answer, onClose }: { name: string; answer: Logout; onClose: () => void }) {
  return (
    <Sheet title={words.done(name)} kind="centre" onClose={onClose}>
      <div class="sentences">
        {leftSentences(answer).map((sentence) => <p key={sentence}>{sentence}</p>)}
      </div>
      <div class="sheet-actions">
        <button type="button" class="primary" data-first onClick={onClose}>{strings.close}</button>
      </div>
    </Sheet>
  );
}

function leftSentences({ cleared, loggedOut, remainsIn }: Logout): readonly string[] {
  const deleted = cleared ? words.cleared : words.nothing;
  if (remainsIn) return [deleted, words.remains[remainsIn] ?? words.remainsIn(remainsIn)];
  return loggedOut ? [deleted, words.gone, words.revoke] : [deleted, words.revoke];
}
