/** What text must stand out by (WCAG 2, AA). */
const READABLE = 4.5;
/** How much of black or white is mixed in at a time, in per cent. */
const STEP = 5;

type Rgb = readonly [red: number, green: number, blue: number];

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** Black or white, whichever is read better on a ground of `#rrggbb`. */
export function inkOn(ground: string): "#000000" | "#ffffff" {
  return contrast(rgb(ground), WHITE) >= contrast(rgb(ground), BLACK) ? "#ffffff" : "#000000";
}

/** A colour as text on a ground: itself if it can be read there, else with as little black or white as it takes. */
export function readableOn(colour: string, ground: string): string {
  const end = inkOn(ground) === "#ffffff" ? WHITE : BLACK;
  const own = rgb(colour);
  for (let part = 0; part < 100; part += STEP) {
    const mixed = mix(own, end, part / 100);
    if (contrast(mixed, rgb(ground)) >= READABLE) return hex(mixed);
  }
  return hex(end);
}

function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function mix([r1, g1, b1]: Rgb, [r2, g2, b2]: Rgb, part: number): Rgb {
  const between = (from: number, to: number) => Math.round(from + (to - from) * part);
  return [between(r1, r2), between(g1, g2), between(b1, b2)];
}

function rgb(colour: string): Rgb {
  const channel = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

function hex(colour: Rgb): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
