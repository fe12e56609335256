import commands from "virtual:commands";

/** One param of a command. */
export interface CommandField {
  name: string;
  /** A word or two: `text`, `number`, `list of text`. */
  type: string;
  required: boolean;
  doc: string;
}

/** What the catalogue of the protocol says of a command. */
export interface CommandEntry {
  /** What it does, a sentence. */
  doc: string;
  /** `plain`, `private`, `program` or `dangerous`. */
  risk: string;
  /** Whether it may wait for a node that is away. */
  queueable: boolean;
  fields: readonly CommandField[];
}

/** What is known of a command; undefined for one that the catalogue does not have. */
export function entryOf(command: string): CommandEntry | undefined {
  return Object.hasOwn(commands, command) ? commands[command] : undefined;
}

/** What a command could do in wrong hands, the harmless first; who knows what one does that the catalogue lacks. */
export const RISKS = ["plain", "private", "program", "dangerous", "unknown"] as const;

/** Those of [`RISKS`] that the gateway allows to nobody by itself. */
export const HELD_BACK: readonly string[] = ["dangerous", "unknown"];

/** One of [`RISKS`]. */
export function riskOf(command: string): string {
  return entryOf(command)?.risk ?? "unknown";
}

/** Commands that still make sense later, in the order of their names. */
export const QUEUEABLE: readonly string[] = Object.keys(commands).filter((name) => commands[name]?.queueable);
