/** An endpoint that has only failed for so long is disabled: five days. */
export const FAILING_MS_MAX = 5 * 24 * 60 * 60 * 1000;

/** Percentages of that time at which something is told; at 100 the endpoint is disabled. */
const NOTICES = [100, 90, 50] as const;
const LAST_WARNING = 90;
export type FailingNotice = (typeof NOTICES)[number];

/**
 * What is to be told of an endpoint that has only failed: the highest notice it has reached, once. It is disabled only after
 * it was told of at nine tenths: one to which little is sent may fail for weeks in a handful of attempts.
 *
 * @param failingMs since its first failure after the last success
 * @param told the highest notice that was given since then; 0 where there was none
 */
export function failingNotice(failingMs: number, told: number, failingMsMax = FAILING_MS_MAX): FailingNotice | null {
  const reached = NOTICES.find(
    (percent) => failingMs * 100 >= failingMsMax * percent && (percent < 100 || told >= LAST_WARNING),
  );
  return reached !== undefined && reached > told ? reached : null;
}
