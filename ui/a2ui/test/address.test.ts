import { expect, test } from "vitest";
import { linkAddress, mediaAddress } from "../src/model/address.ts";
import { readTheme } from "../src/wire/theme.ts";

const BAD = [
  "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "vbscript:x", "file:///etc/passwd", "http://example.org/a.png",
  "//example.org/a.png", "/a.png", "a.png", "", "blob:https://example.org/1", "data:text/html,<script>1</script>", "data:image/png", "https://", "https://u:p@example.org/",
  "ftp://example.org", "about:blank", "data:,x", "filesystem:https://example.org/x", "https:example.org",
];

test.each(BAD)("%j is loaded and opened nowhere", (address) => {
  expect(linkAddress(address)).toBeUndefined();
  for (const purpose of ["image", "video", "audio"] as const) expect(mediaAddress(address, purpose)).toBeUndefined();
});

test("https is loaded; inline content only as what it is", () => {
  expect(mediaAddress("https://example.org/a b.png", "image")).toBe("https://example.org/a%20b.png");
  expect(mediaAddress("data:image/png;base64,AA", "image")).toBe("data:image/png;base64,AA");
  expect(mediaAddress("data:image/png;base64,AA", "video")).toBeUndefined();
  expect(mediaAddress("data:audio/wav;base64,AA", "audio")).toBe("data:audio/wav;base64,AA");
  expect(linkAddress("data:image/png;base64,AA")).toBeUndefined();
});

test("a theme takes a colour, a font's name, a name and a picture, and nothing else", () => {
  expect(readTheme({ primaryColor: "#0B626C", font: "Open Sans", agentDisplayName: "Harbour", iconUrl: "https://example.org/i.png" })).toEqual({
    primaryColor: "#0b626c", font: "Open Sans", agentName: "Harbour", agentIcon: "https://example.org/i.png",
  });
  for (const bad of [{ primaryColor: "red;}" }, { primaryColor: "#fff" }, { font: 'x";background:url(//e)' }, { iconUrl: "javascript:1" }, { agentDisplayName: "  " }, "x", null]) expect(readTheme(bad)).toEqual({});
});
