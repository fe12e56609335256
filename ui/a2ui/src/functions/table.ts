import { type Fields, numberOf } from "../json.ts";
import { patternFits } from "../regexp/fits.ts";
import { formatDate } from "./date.ts";
import { formatCurrency, formatNumber, pluralize } from "./numbers.ts";

/** A function of the 0.9 catalogue that needs nothing but its arguments, which are worked out already. */
export type Pure = (args: Fields, locale: string | undefined) => unknown;

/** By name. `formatString` and `openUrl` are not here: one needs the data model, the other does something. */
export const FUNCTIONS: Readonly<Record<string, Pure>> = {
  required: ({ value }) => isGiven(value),
  regex: ({ value, pattern }) => typeof pattern === "string" && patternFits(pattern, textOr(value)),
  length: ({ value, min, max }) => isBetween(lengthOf(value), min, max),
  numeric: ({ value, min, max }) => isBetween(numberOf(value), min, max),
  email: ({ value }) => isEmail(textOr(value)),
  formatNumber,
  formatCurrency,
  formatDate,
  pluralize,
  and: ({ values }) => Array.isArray(values) && values.every(Boolean),
  or: ({ values }) => Array.isArray(values) && values.some(Boolean),
  not: ({ value }) => !value,
};

function isGiven(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  return !Array.isArray(value) || value.length > 0;
}

function textOr(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : Array.from(textOr(value)).length;
}

function isBetween(value: number, min: unknown, max: unknown): boolean {
  if (Number.isNaN(value)) return false;
  return !(typeof min === "number" && value < min) && !(typeof max === "number" && value > max);
}

/** The shape of an address: one `@`, no blanks, a name with a dot after it. */
function isEmail(text: string): boolean {
  const [name = "", host = "", ...more] = text.split("@");
  if (more.length > 0 || text.length > 254 || name === "" || /\s/.test(text)) return false;
  const labels = host.split(".");
  return labels.length > 1 && labels.every((label) => /^[\p{L}\p{N}-]+$/u.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "");
}
