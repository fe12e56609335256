import { type Fields, numberOf, words } from "../json.ts";

/** Decimal places that Intl accepts. */
const MOST_DECIMALS = 20;

/** A number in the words of the place. */
export function formatNumber(args: Fields, locale: string | undefined): string {
  return format(args, locale, {});
}

/** An amount with its currency. A code that is no currency stands before the number. */
export function formatCurrency(args: Fields, locale: string | undefined): string {
  const currency = words(args.currency);
  if (/^[A-Za-z]{3}$/.test(currency)) return format(args, locale, { style: "currency", currency });
  return `${currency} ${format(args, locale, {})}`.trim();
}

/** The text for a count: zero, one, two, few, many or other, as the language has it. An exact `zero` is honoured. */
export function pluralize(args: Fields, locale: string | undefined): string {
  const count = numberOf(args.value);
  if (Number.isNaN(count)) return words(args.other);
  const category = new Intl.PluralRules(locale).select(count);
  const exact = count === 0 ? args.zero : undefined;
  return words(exact ?? args[category] ?? args.other);
}

function format(args: Fields, locale: string | undefined, style: Intl.NumberFormatOptions): string {
  const value = numberOf(args.value);
  if (Number.isNaN(value)) return "";
  const places = decimals(args.decimals);
  const fraction = places === undefined ? {} : { minimumFractionDigits: places, maximumFractionDigits: places };
  return new Intl.NumberFormat(locale, { ...style, ...fraction, useGrouping: args.grouping !== false }).format(value);
}

function decimals(value: unknown): number | undefined {
  const places = numberOf(value);
  return Number.isNaN(places) ? undefined : Math.min(MOST_DECIMALS, Math.max(0, Math.round(places)));
}
