/** The names under which hosts of the family know this page; a host of any of them works. */
export const FAMILY = ["tidegate", "openclaw", "clawdbot", "coderclaw"] as const;

/** What a host listens with: `postMessage` of a web view's handler, or a plain function that takes JSON. */
export const handlerName = (family: string) => `${family}CanvasA2UIAction`;

/** What a host drives the page with. */
export const globalName = (family: string) => `${family}A2UI`;

/** The event by which a host says what became of an action. */
export const statusEvent = (family: string) => `${family}:a2ui-action-status`;
