import { Amount, ZERO } from '#amounts';
import type { SpikeRule } from './rules.ts';

/** How many days before are looked at for what is usual in an hour. */
export const SPIKE_DAYS = 7;

/** What an hour has spent, beside what is usual. */
export interface SpikeFigures {
  readonly spent: Amount;
  /** The median of the same hours of the days before. */
  readonly usual: Amount;
  /** From which amount on it is a spike. */
  readonly threshold: Amount;
}

/**
 * @param spent in this hour so far
 * @param earlier in the same hour of each day before on which the account was there; 0 where it spent nothing
 * @returns `null` where it is no spike
 */
export function spikeIn({ factor, floor }: SpikeRule, spent: Amount, earlier: readonly Amount[]): SpikeFigures | null {
  const usual = medianOf(earlier);
  const threshold = Amount.max(floor, usual.times(factor));
  return spent.gte(threshold) ? { spent, usual, threshold } : null;
}

/** Of an even number of amounts, halfway between the two in the middle, rounded down; 0 of none. */
export function medianOf(amounts: readonly Amount[]): Amount {
  const sorted = amounts.toSorted((a, b) => a.cmp(b));
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (!upper || !lower) return ZERO;
  return upper.plus(lower).div(2).toDecimalPlaces(12, Amount.ROUND_DOWN);
}
