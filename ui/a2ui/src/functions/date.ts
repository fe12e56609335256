import { type Fields, words } from "../json.ts";

/** A run of the same letter, a quoted text, or anything else. */
const TOKEN = /'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'/g;

/** A moment in a pattern of Unicode TR35, in the time of the place; empty if it is no moment. */
export function formatDate(args: Fields, locale: string | undefined): string {
  const date = dateOf(args.value);
  if (!date) return "";
  const pattern = words(args.format).slice(0, 200);
  return pattern.replace(TOKEN, (token) => piece(token, date, locale));
}

/** A date without a time is a day of the place, and not the midnight of Greenwich; a time alone is today's. */
function dateOf(value: unknown): Date | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const text = String(value);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const date = new Date(typeof value === "number" ? value : /^\d{2}:\d{2}(?::\d{2})?$/.test(text) ? `${today()}T${text}` : day);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${pad(now.getMonth() + 1, 2)}-${pad(now.getDate(), 2)}`;
}

function piece(token: string, date: Date, locale: string | undefined): string {
  const named = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options).format(date);
  const width = token.length;
  switch (token[0]) {
    case "'":
      return token === "''" || token === "'" ? "'" : token.slice(1, -1).replaceAll("''", "'");
    case "y":
      return width === 2 ? pad(date.getFullYear() % 100, 2) : pad(date.getFullYear(), width);
    case "M":
    case "L":
      return width > 2 ? named({ month: width === 3 ? "short" : width === 4 ? "long" : "narrow" }) : pad(date.getMonth() + 1, width);
    case "d":
      return pad(date.getDate(), width);
    case "E":
      return named({ weekday: width < 4 ? "short" : width === 4 ? "long" : "narrow" });
    case "h":
      return pad(date.getHours() % 12 || 12, width);
    case "H":
      return pad(date.getHours(), width);
    case "m":
      return pad(date.getMinutes(), width);
    case "s":
      return pad(date.getSeconds(), width);
    case "S":
      return pad(date.getMilliseconds(), 3).slice(0, width);
    case "a":
      return date.getHours() < 12 ? "AM" : "PM";
    default:
      return token;
  }
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
