import decodeQR from "qr/decode.js";
import { describe, expect, test } from "vitest";
import { qrOf } from "../src/state/qr.ts";

const SCALE = 4;

/** Paints the path as a screen would, in grey values of four bytes each. */
function painted({ size, path }: { size: number; path: string }) {
  const side = size * SCALE;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row++) {
      const start = row * side + Number(x) * SCALE;
      for (let at = start; at < start + Number(width) * SCALE; at++) data.fill(0, at * 4, at * 4 + 3);
    }
  }
  return { width: side, height: side, data };
}

describe("the picture of a setup code", () => {
  test("says to a camera exactly what the text says", () => {
    const code = Buffer.from(JSON.stringify({ url: "wss://harbour.example:18789", bootstrapToken: "x".repeat(43), expiresAtMs: 1_769_248_800_000 })).toString("base64url");
    expect(decodeQR(painted(qrOf(code)))).toBe(code);
  });

  test("has four blank modules around it", () => {
    const { size, path } = qrOf("tide");
    const bars = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map(([, x, y, width]) => [Number(x), Number(y), Number(x) + Number(width)] as const);
    expect(Math.min(...bars.map(([x]) => x))).toBe(4);
    expect(Math.min(...bars.map(([, y]) => y))).toBe(4);
    expect(Math.max(...bars.map(([, , end]) => end))).toBe(size - 4);
  });
});
