import type { RightChange } from "../../state/rights.ts";
import { strings } from "../../strings.ts";

const words = strings.devices.pending;

/** A sign for the eye, a word for the ear. */
export function ChangeSign({ kind }: { kind: RightChange["kind"] }) {
  return (
    <>
      <span class="right-sign" aria-hidden="true">{words.signs[kind]}</span>
      <span class="sr-only">{words.spoken[kind]} </span>
    </>
  );
}
