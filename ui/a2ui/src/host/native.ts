import { FAMILY, handlerName } from "./names.ts";
import type { Listener, Said } from "./words.ts";

interface Handler {
  postMessage(payload: unknown): void;
}

interface World {
  webkit?: { messageHandlers?: Record<string, unknown> };
  [name: string]: unknown;
}

/** The app around a web view, or a headless browser's binding. An action goes to one of them, or it would arrive twice. */
export class Native implements Listener {
  readonly #world: World;

  constructor(world: object) {
    this.#world = world as World;
  }

  tell(said: Said): boolean {
    const binding = this.#world[handlerName(FAMILY[0])];
    if (typeof binding === "function") {
      binding(JSON.stringify(bodyOf(said)));
      return true;
    }
    // Apps of the family know actions and nothing else.
    return said.kind === "action" && this.#post(said.message);
  }

  #post(message: unknown): boolean {
    for (const name of FAMILY.map(handlerName)) {
      const ios = this.#world.webkit?.messageHandlers?.[name];
      if (isHandler(ios)) {
        ios.postMessage(message);
        return true;
      }
      const android = this.#world[name];
      if (isHandler(android)) {
        // As a method of its object: Android binds by it. It takes nothing but text.
        android.postMessage(JSON.stringify(message));
        return true;
      }
    }
    return false;
  }
}

function isHandler(value: unknown): value is Handler {
  return typeof value === "object" && value !== null && "postMessage" in value && typeof value.postMessage === "function";
}

/** A binding takes everything; what it is shows in its only key. */
function bodyOf(said: Said): unknown {
  switch (said.kind) {
    case "ready":
      return { ready: { protocol: 1 } };
    case "openUrl":
      return { openUrl: said.url };
    default:
      return said.message;
  }
}
