import { list, object, text } from "./read.ts";

/** What of a canvas is shown: its pages, or its A2UI surfaces. */
export type CanvasView = "page" | "a2ui";

export interface CanvasState {
  sessionKey: string;
  page: boolean;
  messages: readonly unknown[];
}

export function readCanvasState(value: unknown): CanvasState {
  const state = object(value);
  return {
    sessionKey: text(state.sessionKey) ?? "",
    page: state.page === true,
    messages: list(state.messages),
  };
}

export interface CanvasAddress {
  /** On the canvas's own port, if the gateway is called by its own. */
  url: string;
  /** The same on the port of this page. */
  path: string;
}

export function readCanvasAddress(value: unknown): CanvasAddress | undefined {
  const { url, path } = object(value);
  const whole = text(url);
  const alone = text(path);
  return whole && alone?.startsWith("/") ? { url: whole, path: alone } : undefined;
}

/** Who wants a canvas to be seen: the agent, or somebody at a client. */
export type CanvasPresenter = "agent" | "operator";

export type CanvasChange =
  | { kind: "present"; view: CanvasView; by: CanvasPresenter }
  | { kind: "push"; messages: readonly unknown[] }
  | { kind: "refresh" }
  | { kind: "reset" };

export interface CanvasChanged {
  sessionKey: string;
  change: CanvasChange;
}

export function readCanvasChanged(value: unknown): CanvasChanged | undefined {
  const event = object(value);
  const sessionKey = text(event.sessionKey);
  const change = readChange(event);
  return sessionKey && change ? { sessionKey, change } : undefined;
}

function readChange({ change, view, by, messages }: Readonly<Record<string, unknown>>): CanvasChange | undefined {
  switch (change) {
    case "present":
      return { kind: "present", view: view === "a2ui" ? "a2ui" : "page", by: by === "operator" ? "operator" : "agent" };
    case "push":
      return { kind: "push", messages: list(messages) };
    case "refresh":
    case "reset":
      return { kind: change };
    default:
      return undefined;
  }
}

export interface UserAction {
  id: string;
  name: string;
  surfaceId?: string;
  sourceComponentId?: string;
  context?: unknown;
}

const ID_CHARS = 128;
const NAME_CHARS = 256;

/** What a page in a frame says was done. It may say anything. */
export function readUserAction(value: unknown): UserAction | undefined {
  const action = object(value);
  const id = text(action.id);
  const name = text(action.name);
  if (!id || id.length > ID_CHARS || !name || name.length > NAME_CHARS) return undefined;
  return {
    id,
    name,
    surfaceId: text(action.surfaceId)?.slice(0, NAME_CHARS),
    sourceComponentId: text(action.sourceComponentId)?.slice(0, NAME_CHARS),
    context: action.context,
  };
}
