import { entryOf, RISKS, riskOf } from "../wire/catalogue.ts";
import type { PendingDevice } from "../wire/devices.ts";
import type { RightChange } from "./rights.ts";

/** One command of a request, compared with what was approved before. */
export interface CommandChange {
  command: string;
  kind: RightChange["kind"];
  risk: string;
  /** What it does, a sentence; absent where the catalogue does not say. */
  doc?: string;
}

const WEIGHTS: readonly string[] = RISKS;

/** What approving would change: a node may then be sent exactly what it offers now. New ones first, the weightiest first. */
export function offerChanges({ commands, grantedCommands }: Pick<PendingDevice, "commands" | "grantedCommands">): readonly CommandChange[] {
  const as = (kind: CommandChange["kind"], some: readonly string[]): readonly CommandChange[] =>
    some.map((command) => ({ command, kind, risk: riskOf(command), doc: entryOf(command)?.doc }))
      .sort((a, b) => WEIGHTS.indexOf(b.risk) - WEIGHTS.indexOf(a.risk));
  return [
    ...as("gained", commands.filter((command) => !grantedCommands.includes(command))),
    ...as("kept", commands.filter((command) => grantedCommands.includes(command))),
    ...as("lost", grantedCommands.filter((command) => !commands.includes(command))),
  ];
}
