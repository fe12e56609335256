import { offerChanges } from "../../state/offer.ts";
import { strings } from "../../strings.ts";
import { HELD_BACK } from "../../wire/catalogue.ts";
import type { PendingDevice } from "../../wire/devices.ts";
import { ChangeSign } from "./change-sign.tsx";

const words = strings.devices.pending;

/** The commands of a node that waits, each with what it does and what it risks; of a known node, what of that is new. */
export function OfferedCommands({ request }: { request: PendingDevice }) {
  const changes = offerChanges(request);
  const compared = request.grantedCommands.length > 0;
  if (changes.length === 0) return <p class="hint">{words.noCommands}</p>;
  return (
    <>
      <h4>{compared ? words.commandChanges : words.commands}</h4>
      <ul class={compared ? "rights compared offered" : "rights offered"}>
        {changes.map(({ command, kind, risk, doc }) => (
          <li key={command} data-command={command} class={compared ? `right-${kind}` : undefined}>
            {compared && <ChangeSign kind={kind} />}
            <span>
              <span class="right-words"><code>{command}</code> {doc ?? words.commandUnknown}</span>
              {words.risks[risk] && <> <span class={HELD_BACK.includes(risk) ? "tag bad" : "tag"}>{words.risks[risk]}</span></>}
            </span>
          </li>
        ))}
      </ul>
      {changes.some(({ kind, risk }) => kind !== "lost" && HELD_BACK.includes(risk)) && <p class="hint">{words.weighty}</p>}
    </>
  );
}
