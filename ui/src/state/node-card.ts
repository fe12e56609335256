import { ago } from "../format.ts";
import { strings } from "../strings.ts";
import { RISKS, riskOf } from "../wire/catalogue.ts";
import type { Node } from "../wire/nodes.ts";
import type { Fact } from "./account-card.ts";
import { placeOf } from "./device-card.ts";

const words = strings.nodes;

/** A word of the node's own where we have none of ours. */
function wordOf(name: string, known: Readonly<Record<string, string>>): string {
  return Object.hasOwn(known, name) ? (known[name] ?? name) : name;
}

/** What a node says of itself, in plain words; what it does not say is left out. */
export function factsOf(node: Node, now: number): readonly Fact[] {
  const permitted = (granted: boolean): string =>
    node.permissions.filter(([, yes]) => yes === granted).map(([name]) => wordOf(name, words.permissions)).join(", ");
  const facts: readonly Fact[] = [
    { name: words.card.system, value: node.platform ?? "" },
    { name: words.card.model, value: node.model ?? "" },
    { name: words.card.version, value: node.version ?? "" },
    { name: words.card.since, value: node.connectedAt ? ago(node.connectedAt, now) : "", at: node.connectedAt },
    { name: words.card.from, value: node.connected ? placeOf(node.address) : "" },
    { name: words.card.caps, value: [...new Set(node.caps.map((cap) => wordOf(cap, words.caps)))].join("; ") },
    { name: words.card.permitted, value: permitted(true) },
    { name: words.card.forbidden, value: permitted(false) },
  ];
  return facts.filter(({ value }) => value !== "");
}

/** Commands of one weight. */
export interface CommandGroup {
  /** A risk of the catalogue, or `unknown`. */
  risk: string;
  commands: readonly string[];
}

/** What a node may be sent, by what it could do in wrong hands; the harmless first. */
export function grouped(commands: readonly string[]): readonly CommandGroup[] {
  return RISKS.map((risk) => ({ risk, commands: commands.filter((one) => riskOf(one) === risk) }))
    .filter((group) => group.commands.length > 0);
}
