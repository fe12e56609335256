import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test, vi } from "vitest";

const SESSION = "agent:main:main";
const handlers = new Map<string, (payload: unknown) => void>();
const said: string[] = [];
const narrow = signal(false);

vi.mock("../src/state/gateway.ts", () => ({
  isReady: signal(true),
  hello: signal({ mainSessionKey: SESSION }),
  gateway: () => ({
    call: async () => ({ url: "http://there/", path: "/there/" }),
    on: (event: string, handler: (payload: unknown) => void) => void handlers.set(event, handler),
  }),
}));
vi.mock("../src/state/page.ts", () => ({ narrow, showNotice: (text: string) => void said.push(text) }));
vi.mock("../src/state/announce.ts", () => ({ announce: (text: string) => void said.push(text) }));
vi.mock("../src/state/sessions.ts", () => ({ openKey: signal(SESSION) }));

const { canvas, hideCanvas, shownView, watchCanvas } = await import("../src/state/canvas.ts");
const { strings } = await import("../src/strings.ts");

function present(by: string): void {
  handlers.get("canvas.changed")?.({ sessionKey: SESSION, change: "present", view: "page", by });
}

beforeEach(() => {
  said.length = 0;
  hideCanvas();
  watchCanvas();
});

describe("a canvas that is to be seen", () => {
  test.each([false, true])("is told of if the agent wants it, on a narrow page: %s", (isNarrow) => {
    narrow.value = isNarrow;
    present("agent");
    expect([said, shownView.value]).toEqual([[strings.canvas.presented], isNarrow ? undefined : "page"]);
  });

  test.each([false, true])("opens without a word if somebody pushed it by hand, on a narrow page: %s", (isNarrow) => {
    narrow.value = isNarrow;
    present("operator");
    expect([said, shownView.value, canvas.value.page]).toEqual([[], isNarrow ? undefined : "page", true]);
  });
});
