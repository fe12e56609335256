import { strings } from "./strings.ts";

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const precise = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const count = new Intl.NumberFormat();

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Below this the seconds tell nobody anything, and clocks that differ a little disturb nobody. */
const JUST_NOW_MS = 5_000;
/** Up to here hours say more than days. */
const MOST_HOURS_MS = 2 * DAY_MS;

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Days between the calendar days of two moments; 0 is today. */
export function daysAgo(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
}

export function clockTime(at: number): string {
  return clock.format(at);
}

/** With seconds, for the steps of something that is over in a moment. */
export function preciseTime(at: number): string {
  return precise.format(at);
}

export function fullTime(at: number): string {
  return full.format(at);
}

/** Short for a list: the hour today and yesterday, the weekday this week, else the date. */
export function shortTime(at: number, now: number): string {
  if (at === 0) return "";
  const days = daysAgo(at, now);
  if (days <= 1) return clock.format(at);
  return days < 7 ? weekday.format(at) : date.format(at);
}

/** How long ago something was, in one unit; everything that tells of the past tells it so. */
export function ago(at: number | undefined, now: number): string {
  const words = strings.time;
  if (!at) return words.never;
  const passed = now - at;
  if (passed < JUST_NOW_MS) return words.justNow;
  return words.ago(inOneUnit(passed));
}

function inOneUnit(ms: number): string {
  const { time } = strings;
  if (ms < MINUTE_MS) return time.seconds(Math.floor(ms / SECOND_MS));
  if (ms < HOUR_MS) return time.minutes(Math.floor(ms / MINUTE_MS));
  if (ms < MOST_HOURS_MS) return time.hours(Math.floor(ms / HOUR_MS));
  return time.days(Math.floor(ms / DAY_MS));
}

/** What is left of a time, in whole seconds, rounded up: a countdown ends with 1 and not with 0. */
export function waitOf(ms: number): string {
  return duration(Math.ceil(ms / SECOND_MS) * SECOND_MS);
}

export function duration(ms: number): string {
  const { time } = strings;
  if (ms < MINUTE_MS) return time.seconds(Math.max(0, Math.floor(ms / SECOND_MS)));
  if (ms < HOUR_MS) return time.minutes(Math.floor(ms / MINUTE_MS));
  if (ms >= MOST_HOURS_MS) return time.days(Math.floor(ms / DAY_MS));
  const hours = time.hours(Math.floor(ms / HOUR_MS));
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  return minutes === 0 ? hours : `${hours} ${time.minutes(minutes)}`;
}

/** What is left of a short time, by the second: 1:52. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A short span with what counts of it: milliseconds below a second, tenths below a minute. */
export function elapsed(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : duration(ms);
}

export function plainCount(value: number): string {
  return count.format(value);
}
