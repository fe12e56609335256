import { hello } from "./state/gateway.ts";
import { strings } from "./strings.ts";
import type { Session } from "./wire/session.ts";

/** The name given by the user, else the first words, else what it is. */
export function titleOf(session: Session | undefined, key: string): string {
  const given = session?.label ?? session?.title;
  if (given) return given;
  return key === hello.value?.mainSessionKey ? strings.sessions.main : strings.sessions.untitled;
}
