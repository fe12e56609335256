const FIRST_MS = 800;
const FACTOR = 1.7;
const MAX_MS = 15_000;
const JITTER = 0.25;

/** Delay before reconnect attempt `attempt` (0 is the first), spread by ±25 % and never above 15 s. */
export function backoffDelay(attempt: number, random: () => number = Math.random): number {
  const plain = Math.min(MAX_MS, FIRST_MS * FACTOR ** attempt);
  const spread = 1 + (random() * 2 - 1) * JITTER;
  return Math.min(MAX_MS, Math.round(plain * spread));
}
