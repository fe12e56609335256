import { ago } from "../../format.ts";
import { strings } from "../../strings.ts";
import type { Remembered } from "../../wire/rules.ts";
import { VisibleText } from "./visible-text.tsx";

const words = strings.approvals.rules;

interface RememberedCommandProps {
  entry: Remembered;
  now: number;
  onForget: () => void;
}

/** A command that was allowed for ever, and the way to take that back. */
export function RememberedCommand({ entry, now, onForget }: RememberedCommandProps) {
  const { path, argv, sha256 } = entry;
  return (
    <li class="remembered">
      <div class="who-words">
        <code><VisibleText text={path} /></code>
        {argv && argv.length > 1 && (
          <code class="remembered-arguments">{argv.slice(1).map((one, index) => <VisibleText key={index} text={one} />)}</code>
        )}
        <span class="muted">{factsOf(entry, now).join(", ")}</span>
        {!sha256 && <span class="hint">{words.withoutEffect}</span>}
      </div>
      <button type="button" class="quiet outline" aria-label={words.of(words.forget, path)} onClick={onForget}>
        {words.forget}
      </button>
    </li>
  );
}

function factsOf({ argv, cwd, addedAt, usedAt }: Remembered, now: number): readonly string[] {
  return [
    argv?.length === 1 ? words.noArguments : "",
    cwd ? words.folder(cwd) : "",
    addedAt ? words.added(ago(addedAt, now)) : "",
    usedAt ? words.used(ago(usedAt, now)) : words.unused,
  ].filter((fact) => fact !== "");
}
