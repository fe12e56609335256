import { expect, test } from "vitest";
import { browserName } from "../../clients/ts/src/runtime/browser-name.ts";

test("a browser is known again by its name and its system", () => {
  const mozilla = (rest: string): string => browserName(`Mozilla/5.0 ${rest}`);
  expect(mozilla("(X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0")).toBe("Firefox on Linux");
  expect(mozilla("(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0")).toBe("Edge on Windows");
  expect(mozilla("(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36")).toBe("Chrome on Windows");
  expect(mozilla("(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15")).toBe("Safari on Mac");
  expect(mozilla("(iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1")).toBe("Safari on iPhone");
  expect(mozilla("(Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36")).toBe("Chrome on Android");
  expect([browserName("curl/8"), browserName("")]).toEqual(["Browser", "Browser"]);
});
