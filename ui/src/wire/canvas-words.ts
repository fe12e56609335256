import { object, text } from "./read.ts";

/** What somebody did on a canvas, as the gateway tells it to the agent in a message of the conversation. */
export interface CanvasWords {
  /** Name of the action. */
  action: string;
  /** The node that showed the canvas; absent where it was this page. */
  node?: string;
  /** All of it, as the agent reads it. */
  told: string;
}

/** How every such message begins. */
const MARK = "[canvas] ";
const WORDS = /^\[canvas\] On (?:the canvas|the node (?<node>.+?), which shows the canvas) of this conversation,? somebody did this \([^)]*\): (?<told>\{.*\})$/s;

/** Reads such a message; undefined for any other. */
export function readCanvasWords(message: string): CanvasWords | undefined {
  const { node, told } = WORDS.exec(message)?.groups ?? {};
  const action = told && actionOf(told);
  return told && action ? { action, node, told } : undefined;
}

function actionOf(told: string): string | undefined {
  try {
    return text(object(JSON.parse(told)).action);
  } catch {
    return undefined;
  }
}

/** Whether a text, which may be cut, is the beginning of such a message. */
export function isCanvasWords(beginning: string): boolean {
  return beginning.startsWith(MARK);
}
