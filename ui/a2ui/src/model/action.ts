import { isFields, own, weight, words } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { linkAddress } from "./address.ts";
import type { PartOf } from "./parts.ts";
import { Scope } from "./scope.ts";
import type { Surface } from "./surface.ts";

/** What a user did, as the family's hosts know it. */
export interface UserAction {
  id: string;
  name: string;
  surfaceId: string;
  sourceComponentId: string;
  /** ISO 8601, UTC. */
  timestamp: string;
  context: Record<string, unknown>;
}

/** The message that carries an action to the agent. 0.9 adds its version, and the data model where it was asked for. */
export interface ActionMessage {
  userAction: UserAction;
  version?: "v0.9";
  dataModel?: unknown;
}

/** What pressing a button comes to. */
export type Pressed = { send: ActionMessage } | { openUrl: string };

/** Works out a pressed button with the data of this moment. @throws Refusal if it leads nowhere. */
export function press(surface: Surface, part: PartOf<"Button">, id: string, now: Date, locale: string | undefined): Pressed {
  const { action, base } = part.press;
  const problems = new Set<string>();
  const scope = new Scope({ data: surface.data, locale, values: LIMITS.values, problems }, base);
  if (isFields(action) && isFields(action.functionCall)) return { openUrl: addressOf(action.functionCall, scope, surface) };
  const event = isFields(action) && isFields(action.event) ? action.event : {};
  if (typeof event.name !== "string" || event.name === "") throw new Refusal("ACTION_FAILED", "the button has no action", surface.id);
  const context = isFields(event.context) ? event.context : {};
  const userAction: UserAction = {
    id,
    name: event.name.slice(0, LIMITS.idChars),
    surfaceId: surface.id,
    sourceComponentId: part.id,
    timestamp: now.toISOString(),
    context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, scope.value(value) ?? null])),
  };
  return { send: bounded(messageOf(surface, userAction), surface) };
}

function messageOf(surface: Surface, userAction: UserAction): ActionMessage {
  if (surface.version === "0.8") return { userAction };
  const message: ActionMessage = { userAction, version: "v0.9" };
  if (surface.sendDataModel) message.dataModel = { version: "v0.9", surfaces: { [surface.id]: surface.data } };
  return message;
}

function bounded(message: ActionMessage, surface: Surface): ActionMessage {
  if (weight(message, LIMITS.actionChars) <= LIMITS.actionChars) return message;
  throw new Refusal("TOO_LARGE", `an action takes at most ${LIMITS.actionChars} characters`, surface.id);
}

/** The only function that does something is `openUrl`. */
function addressOf(call: Readonly<Record<string, unknown>>, scope: Scope, surface: Surface): string {
  if (call.call !== "openUrl") {
    const name = words(call.call).slice(0, 80);
    throw new Refusal("ACTION_FAILED", `\`${name}\` is no function that a button may call`, surface.id);
  }
  const address = isFields(call.args) ? linkAddress(words(scope.value(own(call.args, "url")))) : undefined;
  if (address === undefined) throw new Refusal("ACTION_FAILED", "only whole https addresses are opened", surface.id);
  return address;
}
