import { isFields, weight } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Operation } from "../model/operation.ts";
import { Refusal } from "../refusal.ts";
import { read08 } from "./v08.ts";
import { read09 } from "./v09.ts";

/** One message as it came: an object, or why its line is none. */
export type Raw = { value: unknown } | { fault: Refusal };

const ACTIONS_08 = ["beginRendering", "surfaceUpdate", "dataModelUpdate"];
const ACTIONS_09 = ["createSurface", "updateComponents", "updateDataModel"];
const ACTIONS = [...ACTIONS_08, ...ACTIONS_09, "deleteSurface"];

/** Takes a batch apart: JSONL, a list of messages, `{messages: […]}` or one message. */
export function split(input: unknown): Raw[] {
  const raws = typeof input === "string" ? lines(input) : objects(input);
  if (raws.length > LIMITS.batchMessages) {
    throw new Refusal("TOO_LARGE", `a batch holds at most ${LIMITS.batchMessages} messages`);
  }
  return raws;
}

/** Reads one message into what is to be done. @throws Refusal that says what is wrong with it. */
export function readMessage(raw: unknown): Operation {
  if (weight(raw, LIMITS.messageChars) > LIMITS.messageChars) {
    throw new Refusal("TOO_LARGE", `a message takes at most ${LIMITS.messageChars} characters and ${LIMITS.jsonDepth} levels`);
  }
  if (!isFields(raw)) throw new Refusal("INVALID_MESSAGE", "a message is a JSON object");
  const found = ACTIONS.filter((action) => Object.hasOwn(raw, action));
  const [action] = found;
  if (action === undefined || found.length > 1) {
    throw new Refusal("INVALID_MESSAGE", `a message has exactly one of ${ACTIONS.join(", ")}; found ${found.join(", ") || "none"}`);
  }
  const body = raw[action];
  if (!isFields(body)) throw new Refusal("INVALID_MESSAGE", `\`${action}\` is an object`);
  refuseVersion(raw.version, action);
  if (ACTIONS_08.includes(action)) return read08(action, body);
  return read09(action, body);
}

function lines(text: string): Raw[] {
  if (text.length > LIMITS.batchChars) throw new Refusal("TOO_LARGE", `a batch takes at most ${LIMITS.batchChars} characters`);
  return text.split(/\r?\n/).filter((line) => line.trim() !== "").map(parseLine);
}

function parseLine(line: string): Raw {
  if (line.length > LIMITS.messageChars) {
    return { fault: new Refusal("TOO_LARGE", `a message takes at most ${LIMITS.messageChars} characters`) };
  }
  try {
    return { value: JSON.parse(line) };
  } catch {
    return { fault: new Refusal("INVALID_MESSAGE", "the line is no JSON") };
  }
}

function objects(input: unknown): Raw[] {
  const list = isFields(input) && Array.isArray(input.messages) ? input.messages : input;
  // Levels are counted for each message by itself.
  if (weight(list, LIMITS.batchChars, Infinity) > LIMITS.batchChars) {
    throw new Refusal("TOO_LARGE", `a batch takes at most ${LIMITS.batchChars} characters`);
  }
  return (Array.isArray(list) ? list : [list]).map((value: unknown) => ({ value: detached(value) }));
}

/** A copy that is nothing but JSON: what the sender does to its objects later is not seen. */
function detached(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function refuseVersion(version: unknown, action: string): void {
  if (version === undefined) return;
  const spoken = typeof version === "string" ? /^v?(0\.[89])(?:\.\d+)?$/.exec(version)?.[1] : undefined;
  const meant = ACTIONS_08.includes(action) ? "0.8" : ACTIONS_09.includes(action) ? "0.9" : spoken;
  if (spoken !== undefined && spoken === meant) return;
  throw new Refusal("WRONG_VERSION", `\`${action}\` in version ${String(version)} is not understood; this page speaks v0.8 and v0.9`);
}
