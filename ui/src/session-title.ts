import { plainWords } from "./plain-words.ts";
import { hello } from "./state/gateway.ts";
import { strings } from "./strings.ts";
import { isCanvasWords } from "./wire/canvas-words.ts";
import type { Session } from "./wire/session.ts";

/** The name given by the user as it is, else the first words without their marks, else what it is. */
export function titleOf(session: Session | undefined, key: string): string {
  const given = session?.label ?? derived(session);
  if (given) return given;
  return key === hello.value?.mainSessionKey ? strings.sessions.main : strings.sessions.untitled;
}

/** A message that begins with a press on a canvas says nothing in its first words; a guest's words are never one. */
function derived(session: Session | undefined): string | undefined {
  const title = session?.title;
  if (title === undefined) return undefined;
  return isCanvasWords(title) && !session?.origin ? strings.canvas.begun : plainWords(title) || title;
}
