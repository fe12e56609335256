import { useState } from "preact/hooks";
import { type RuleKeeper, saveRules } from "../../state/rule-change.ts";
import { effective, inherited, isOpen, mayAsk, ownOf, sameRules, sentencesOf } from "../../state/rule-words.ts";
import { strings } from "../../strings.ts";
import { DEFAULTS, type Policy, type Rules } from "../../wire/rules.ts";
import { Choices } from "../choices.tsx";
import { AlertIcon } from "../icons.tsx";
import { Sheet } from "../sheet.tsx";
import { useAction } from "../use-action.ts";

const words = strings.approvals.rules.sheet;
/** Stands for no rule of its own. */
const INHERIT = "inherit";

/** Whose machine the programs run on. */
export type RulePlace = "gateway" | "node";

interface RuleSheetProps {
  agent: string;
  who: string;
  told: Policy;
  place: RulePlace;
  keeper: RuleKeeper;
  onClose: () => void;
}

/** Changes the rules of one agent, or those of all; says what they come to before they are saved. */
export function RuleSheet({ agent, who, told, place, keeper, onClose }: RuleSheetProps) {
  const there = ownOf(told, agent);
  const [opened] = useState(there);
  const [rules, setRules] = useState<Rules>(there);
  const [sure, setSure] = useState(false);
  const { busy, failure, run } = useAction(() => saveRules(keeper, agent, rules), onClose);
  const from = inherited(told, agent);
  const whole = { security: rules.security ?? from.security, ask: rules.ask ?? from.ask, fallback: rules.fallback ?? from.fallback };
  const open = isOpen(whole);
  const newlyOpen = open && !isOpen(effective(told, agent));
  const set = (key: keyof Rules) => (value: string): void => {
    setSure(false);
    setRules({ ...rules, [key]: value === INHERIT ? undefined : value });
  };
  const inherit = agent === DEFAULTS ? undefined : from;
  return (
    <Sheet title={words.title(who)} kind="centre broad" onClose={onClose}>
      <form class="rule-form" onSubmit={(event) => { event.preventDefault(); void run(); }}>
        {!sameRules(opened, there) && <Changed sentences={sentencesOf(effective(told, agent))} />}
        <Rule name="security" legend={words.security} known={securitiesOn(place)} chosen={rules.security} inherit={inherit?.security} whole={whole.security} onChoose={set("security")} />
        {whole.security !== "deny" && (
          <AskRule open={whole.security === "full"} chosen={rules.ask} inherit={inherit?.ask} whole={whole.ask} onChoose={set("ask")} />
        )}
        {mayAsk(whole) && (
          <Rule name="fallback" legend={words.fallback} known={words.fallbacks} chosen={asKnown(rules.fallback)} inherit={inherit && asKnown(inherit.fallback)} whole={asKnown(whole.fallback)} onChoose={set("fallback")} />
        )}
        <div class="rule-result" aria-live="polite">
          <h3>{words.result}</h3>
          <ul class="rule-words">{sentencesOf(whole).map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        </div>
        {newlyOpen && <Sure text={words.places[place].open} checked={sure} onChange={setSure} />}
        {failure && <p class="hint wrong" role="alert">{failure}</p>}
        <div class="sheet-actions">
          <button type="button" class="quiet" onClick={onClose}>{strings.cancel}</button>
          <button type="submit" class={newlyOpen ? "primary danger" : "primary"} disabled={busy || sameRules(rules, there) || (newlyOpen && !sure)}>
            {newlyOpen ? words.saveOpen : words.save}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function securitiesOn(place: RulePlace) {
  const { full, ...others } = words.securities;
  return { ...others, full: { ...full, sentence: words.places[place].everything } };
}

/** `full` has no more effect than `allowlist` where nobody answers: silence is no approval. */
function asKnown<Word extends string | undefined>(fallback: Word): Word | "allowlist" {
  return fallback === "full" ? "allowlist" : fallback;
}

interface RuleProps extends ChosenRule {
  name: string;
  legend: string;
  known: Readonly<Record<string, { word: string; sentence: string }>>;
}

interface ChosenRule {
  /** The rule of its own; undefined where it has none. */
  chosen: string | undefined;
  /** What it would have without; undefined where nothing can be inherited. */
  inherit: string | undefined;
  /** What holds. */
  whole: string;
  onChoose: (value: string) => void;
}

/** Where everything may run, nothing is a miss: then a person is asked every time, or never. */
function AskRule({ open, chosen, inherit, whole, onChoose }: ChosenRule & { open: boolean }) {
  const told = <Word extends string | undefined>(ask: Word): Word | "off" => (open && ask === "on-miss" ? "off" : ask);
  return (
    <Rule name="ask" legend={words.ask} known={open ? words.asksOpen : words.asks} chosen={told(chosen)} inherit={told(inherit)} whole={told(whole)} onChoose={onChoose} />
  );
}

function Rule({ name, legend, known, chosen, inherit, whole, onChoose }: RuleProps) {
  const own = Object.entries(known).map(([value, { word, sentence }]) => ({ value, word, sentence }));
  const above = inherit === undefined ? [] : [{ value: INHERIT, word: words.inherit, sentence: words.inheritIs(known[inherit]?.word ?? inherit) }];
  return (
    <Choices name={`rule-${name}`} legend={legend} choices={[...above, ...own]} onChoose={onChoose}
      chosen={chosen ?? (inherit === undefined ? whole : INHERIT)} />
  );
}

/** Somebody else was quicker: what holds now, while the choice below stays as it was made. */
function Changed({ sentences }: { sentences: readonly string[] }) {
  return (
    <div class="problem" role="alert">
      <AlertIcon />
      <div>
        <p class="strong">{words.changed}</p>
        <ul class="rule-words">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      </div>
    </div>
  );
}

function Sure({ text, checked, onChange }: { text: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <div class="problem">
      <AlertIcon />
      <div>
        <p>{text}</p>
        <label class="sure">
          <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
          <span>{words.openSure}</span>
        </label>
      </div>
    </div>
  );
}
