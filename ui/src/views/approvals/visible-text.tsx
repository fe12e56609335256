import { type Piece, pieces } from "../../state/visible.ts";
import { strings } from "../../strings.ts";

const words = strings.approvals.sheet;

/** A text in which nothing hides: what is not seen by itself is written out and marked. */
export function VisibleText({ text }: { text: string }) {
  return <bdi class="visible-text" dir="ltr">{pieces(text).map(shown)}</bdi>;
}

function shown(piece: Piece, index: number) {
  switch (piece.kind) {
    case "plain":
      return piece.text;
    case "hidden":
      return <mark key={index} class="hidden-sign" title={piece.name ?? words.hiddenName}>{piece.text}</mark>;
    case "blank":
      return <mark key={index} class="blank-sign" title={words.blanks(piece.text.length)}>{"␣".repeat(piece.text.length)}</mark>;
  }
}
