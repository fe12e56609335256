/** The first mark that fits counts: browsers carry the marks of those that stand below them, too. */
const BROWSERS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\bChromium\//, "Chromium"],
  [/\b(Headless)?(Chrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "Mac"],
  [/\bLinux\b/, "Linux"],
];

/** A name by which a person knows a browser again in a list of devices, such as “Firefox on Linux”. */
export function browserName(userAgent: string): string {
  const nameOf = (names: typeof BROWSERS): string | undefined => names.find(([mark]) => mark.test(userAgent))?.[1];
  const browser = nameOf(BROWSERS) ?? "Browser";
  const system = nameOf(SYSTEMS);
  return system ? `${browser} on ${system}` : browser;
}
