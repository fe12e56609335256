import type { ComponentChildren } from "preact";
import { Fragment } from "preact";
import { type Piece, pieces } from "../../state/visible.ts";
import { strings } from "../../strings.ts";

const words = strings.approvals.sheet;
/** A hash and the like: signs in which nobody looks for words. */
const DIGEST = /([0-9a-f]{32,})/;
const GROUP = /.{1,8}/g;

/** A text in which nothing hides: what is not seen by itself is written out and marked. */
export function VisibleText({ text }: { text: string }) {
  return <bdi class="visible-text" dir="ltr">{pieces(text).map(shown)}</bdi>;
}

function shown(piece: Piece, index: number): ComponentChildren {
  const { kind, text, name } = piece;
  switch (kind) {
    case "plain":
      return <Fragment key={index}>{text.split(DIGEST).map(inGroups)}</Fragment>;
    case "hidden":
      return <mark key={index} class="hidden-sign" title={name ?? words.hiddenName}>{text}</mark>;
    case "tab":
      return <mark key={index} class="blank-sign" title={name}>{text}</mark>;
    case "break":
      return <Fragment key={index}><mark class="blank-sign" title={name}>{text}</mark><br /></Fragment>;
    case "blank":
      return <mark key={index} class="blank-sign" title={words.blanks(text.length)}>{"␣".repeat(text.length)}</mark>;
  }
}

/** A long hash breaks between groups of its signs; nothing is added to it, so it can be copied. */
function inGroups(text: string, index: number): ComponentChildren {
  if (index % 2 === 0) return text;
  return text.match(GROUP)?.map((group, place) => <Fragment key={place}>{group}<wbr /></Fragment>);
}
