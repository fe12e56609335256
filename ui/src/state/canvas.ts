import { batch, effect, signal } from "@preact/signals";
import { fullKey } from "../session-key.ts";
import { strings } from "../strings.ts";
import {
  type CanvasAddress, type CanvasChange, type CanvasView, readCanvasAddress, readCanvasChanged, readCanvasState,
  type UserAction,
} from "../wire/canvas.ts";
import { announce } from "./announce.ts";
import { gateway, hello, isReady } from "./gateway.ts";
import { narrow, showNotice } from "./page.ts";
import { openKey } from "./sessions.ts";

/** What there is to see for the open conversation. */
export interface Canvas {
  page: boolean;
  surfaces: boolean;
}

const NONE: Canvas = { page: false, surfaces: false };

export const canvas = signal<Canvas>(NONE);
/** What of it is shown beside the conversation. */
export const shownView = signal<CanvasView | undefined>(undefined);
/** Whether it takes the conversation's place too. */
export const canvasWide = signal(false);
/** Where what is shown is. */
export const canvasAddress = signal<CanvasAddress | undefined>(undefined);
export const canvasFailure = signal<string | undefined>(undefined);
/** Counts up to have the frame loaded again. */
export const canvasLoads = signal(0);

type Presented = Extract<CanvasChange, { kind: "present" }>;
type Listener = (change: CanvasChange) => void;
let listener: Listener | undefined;

/** Who fills the surfaces listens while it is there. */
export function onCanvasChange(next: Listener | undefined): void {
  listener = next;
}

export function hasCanvas(): boolean {
  return canvas.value.page || canvas.value.surfaces;
}

async function state(sessionKey: string) {
  return readCanvasState(await gateway().call("canvas.state", { sessionKey }));
}

export async function refreshCanvas(): Promise<void> {
  const sessionKey = openKey.peek();
  if (!isReady.peek() || sessionKey === "") return;
  const found = await state(sessionKey).catch(() => undefined);
  if (openKey.peek() !== sessionKey) return;
  canvas.value = found ? { page: found.page, surfaces: found.messages.length > 0 } : NONE;
  if (shownView.peek() && found) await openAddress();
}

/** The messages that fill the surfaces of the open conversation. */
export async function surfaceMessages(): Promise<readonly unknown[]> {
  const found = await state(openKey.peek());
  canvas.value = { page: found.page, surfaces: found.messages.length > 0 };
  return found.messages;
}

export async function showCanvas(view: CanvasView): Promise<void> {
  shownView.value = view;
  await openAddress();
}

/** What is newest: surfaces if there are any, else pages. */
export function toggleCanvas(): void {
  if (shownView.value) return hideCanvas();
  void showCanvas(canvas.value.surfaces ? "a2ui" : "page");
}

export function hideCanvas(): void {
  batch(() => {
    shownView.value = undefined;
    canvasAddress.value = undefined;
    canvasFailure.value = undefined;
    canvasWide.value = false;
  });
}

export function reloadCanvas(): void {
  void openAddress();
}

/** An address lives as long as the connection that asked for it, so each connection asks. */
async function openAddress(): Promise<void> {
  const sessionKey = openKey.peek();
  const view = shownView.peek();
  if (!view || !isReady.peek()) return;
  try {
    const address = readCanvasAddress(await gateway().call("canvas.open", { sessionKey, view }));
    if (openKey.peek() !== sessionKey || shownView.peek() !== view) return;
    batch(() => {
      canvasAddress.value = address;
      canvasFailure.value = address ? undefined : strings.canvas.failed("");
      canvasLoads.value += 1;
    });
  } catch (error) {
    canvasFailure.value = strings.canvas.failed(error instanceof Error ? error.message : String(error));
  }
}

/** Tells the agent what was done; it answers in the conversation. */
export async function actOnCanvas({ id, name, surfaceId, sourceComponentId, context }: UserAction): Promise<void> {
  const action = { name, surfaceId, sourceComponentId, context };
  await gateway().call("canvas.action", { sessionKey: openKey.peek(), action, idempotencyKey: id });
}

export function watchCanvas(): void {
  gateway().on("canvas.changed", (payload) => {
    const event = readCanvasChanged(payload);
    if (!event || fullKey(event.sessionKey, hello.value) !== openKey.peek()) return;
    if (event.change.kind === "present") present(event.change);
    else void changed(event.change);
  });
}

/**
 * Nothing covers a narrow page unasked, so there a sentence leads to what the agent shows; elsewhere it opens, and
 * that is seen. Whoever pushed it by hand knows that it is there, and is told nothing.
 */
function present({ view, by }: Presented): void {
  canvas.value = { ...canvas.value, [view === "a2ui" ? "surfaces" : "page"]: true };
  if (shownView.value === view) return;
  const isTold = by === "agent";
  if (narrow.value) return isTold ? showNotice(strings.canvas.presented) : undefined;
  if (isTold) announce(strings.canvas.presented);
  void showCanvas(view);
}

function changed(change: CanvasChange): void {
  canvas.value = { ...canvas.value, surfaces: change.kind !== "reset" };
  listener?.(change);
}

// Each conversation has a canvas of its own.
let shownFor = "";
effect(() => {
  const key = openKey.value;
  if (key === shownFor) return;
  shownFor = key;
  batch(() => {
    canvas.value = NONE;
    hideCanvas();
  });
  void refreshCanvas();
});
