import type { Message } from "../wire/message.ts";

/** Which of the loaded messages are drawn. Named by keys, so that earlier pages do not shift it. */
export interface Window {
  first?: string;
  /** Absent at the newest end, where the window follows. */
  last?: string;
}

export interface Range {
  start: number;
  end: number;
}

const STEP = 100;
const MOST = 300;

export function rangeOf(messages: readonly Message[], window: Window): Range {
  const lastAt = indexOf(messages, window.last);
  const end = lastAt < 0 ? messages.length : lastAt + 1;
  const firstAt = indexOf(messages, window.first);
  return { start: firstAt < 0 || firstAt >= end ? Math.max(0, end - STEP) : firstAt, end };
}

function indexOf(messages: readonly Message[], key: string | undefined): number {
  return key === undefined ? -1 : messages.findIndex((message) => message.key === key);
}

export function windowOf(messages: readonly Message[], { start, end }: Range): Window {
  return {
    first: messages[start]?.key,
    last: end >= messages.length ? undefined : messages[end - 1]?.key,
  };
}

/** Moves towards the past; what falls out at the far end is drawn again when needed. */
export function earlier(range: Range): Range {
  const start = Math.max(0, range.start - STEP);
  return { start, end: Math.min(range.end, start + MOST) };
}

export function later(range: Range, total: number): Range {
  const end = Math.min(total, range.end + STEP);
  return { start: Math.max(range.start, end - MOST), end };
}

/** True when a window that follows the newest end has grown too long to keep. */
export function tooLong(range: Range): boolean {
  return range.end - range.start > MOST;
}
