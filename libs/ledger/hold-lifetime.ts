/** How much a hold that settles moves the mean: a time that has changed shows after about eight. */
const WEIGHT = 8;
/** What the column can keep. */
const LIFETIME_MS_MAX = 2 ** 31 - 1;

/**
 * How long an account's holds usually last until they're committed, voided or expire: a decaying mean, in milliseconds.
 *
 * @param mean of those before; `null` where there were none
 */
export function withLifetime(mean: number | null, lifetimeMs: number): number {
  const lifetime = Math.min(Math.max(lifetimeMs, 0), LIFETIME_MS_MAX);
  return mean === null ? lifetime : mean + Math.round((lifetime - mean) / WEIGHT);
}
