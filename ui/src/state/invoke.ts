import { object } from "../wire/read.ts";

/** Programs are run by an agent, which asks a person first; nothing else may come this way. */
const PROGRAMS: readonly string[] = ["system.run", "system.run.prepare"];
/** Longest answer that is shown, in characters; a picture is far longer. */
export const ANSWER_CHARS = 20_000;

export function isProgram(command: string): boolean {
  return PROGRAMS.includes(command);
}

export type Params = { ok: true; value: Readonly<Record<string, unknown>> | undefined } | { ok: false; why: "object" | string };

/** Reads what somebody typed: nothing, or one JSON object. */
export function readParams(typed: string): Params {
  if (typed.trim() === "") return { ok: true, value: undefined };
  try {
    const value: unknown = JSON.parse(typed);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ok: true, value: object(value) } : { ok: false, why: "object" };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

const PICTURES: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp" };

/** The address of a picture that a node answered with; undefined if the answer is none. */
export function readPicture(payload: unknown): string | undefined {
  const { format, base64 } = object(payload);
  const kind = typeof format === "string" && Object.hasOwn(PICTURES, format) ? PICTURES[format] : undefined;
  if (!kind || typeof base64 !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  return `data:${kind};base64,${base64}`;
}

export interface Answer {
  text: string;
  /** How many characters were left out. */
  cut: number;
}

/** The answer of a node for the eye; undefined if there is nothing in it. */
export function readAnswer(payload: unknown): Answer | undefined {
  const empty = payload === null || payload === undefined || JSON.stringify(payload) === "{}";
  if (empty) return undefined;
  const text = JSON.stringify(payload, undefined, 2);
  return { text: text.slice(0, ANSWER_CHARS), cut: Math.max(0, text.length - ANSWER_CHARS) };
}
