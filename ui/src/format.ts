const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const precise = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const count = new Intl.NumberFormat();

const DAY_MS = 86_400_000;

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

export function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
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
