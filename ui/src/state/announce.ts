import { signal } from "@preact/signals";

/** The latest sentence for screen readers; the page speaks ends, never single tokens. */
export const announcement = signal("");

export function announce(text: string): void {
  // A changed node is what is read aloud, so the same sentence twice needs a difference.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}
