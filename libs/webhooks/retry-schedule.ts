const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long to wait before each attempt of a delivery, the first one included: ten attempts within a bit more than three days. */
export const RETRY_DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** What failed together must not come again together: a wait is up to a tenth longer or shorter. */
const JITTER = 0.1;
/** A receiver may ask for patience, but not for ever. */
const RETRY_AFTER_MS_MAX = 24 * HOUR;

export interface FailedTries {
  /** How many attempts were made, of this round. */
  readonly tries: number;
  /** What the receiver asked for, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** A random number from 0 up to 1. */
  readonly chance: number;
}

/** In how many milliseconds to try again; `null` where it was tried often enough. */
export function nextAttemptIn(
  { tries, retryAfterMs, chance }: FailedTries,
  delaysMs: readonly number[] = RETRY_DELAYS_MS,
): number | null {
  const delay = delaysMs[tries];
  if (delay === undefined) return null;
  const jittered = Math.round(delay * (1 + JITTER * (2 * chance - 1)));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX));
}

/** Reads a `Retry-After`: seconds, or a date. @returns milliseconds from now; `null` for anything else */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND;
  const at = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
