import { encodeQR } from "qr";

/** Blank modules around a code, without which many cameras do not find it. */
const QUIET_MODULES = 4;

export interface QrPicture {
  /** Modules on each side, with the blank ones around. */
  size: number;
  /** The dark modules as the data of an SVG path. */
  path: string;
}

/** Draws a text as a code for cameras. */
export function qrOf(text: string): QrPicture {
  const rows = encodeQR(text, "raw", { ecc: "low", border: QUIET_MODULES });
  return { size: rows.length, path: rows.map(rowPath).join("") };
}

/** A row as bars: modules that touch are one of them, so that no gap is seen between. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < row.length; x++) {
    if (!row[x] || row[x - 1]) continue;
    let end = x;
    while (row[end]) end++;
    path += `M${x} ${y}h${end - x}v1h${x - end}z`;
  }
  return path;
}
