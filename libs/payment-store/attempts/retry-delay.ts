const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Waits after attempts whose outcome isn't known; the last one again and again. */
export const RETRY_DELAYS_MS: readonly number[] = [
  SECOND_MS,
  2 * SECOND_MS,
  5 * SECOND_MS,
  15 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
];

/** @param tries how many attempts before this one had an unknown outcome */
export function retryDelayMs(tries: number, delaysMs: readonly number[]): number {
  return delaysMs[Math.min(tries, delaysMs.length - 1)] ?? MINUTE_MS;
}

/** About so often it is logged that an outcome still isn't known. */
const LOG_AGAIN_EVERY = 12;

/** Whether an operator is to hear of it: what heals within seconds isn't worth a line, and what goes on is worth one an hour. */
export function isWorthLogging(tries: number, delaysMs: readonly number[]): boolean {
  const late = tries - delaysMs.length;
  return tries === 2 || (late >= 0 && late % LOG_AGAIN_EVERY === 0);
}
