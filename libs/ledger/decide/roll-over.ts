import { type Amount, atLeastZero, smallerOf, ZERO } from '#amounts';
import type { Grant } from '../grant.ts';
import type { AccountState } from '../state.ts';

/** What becomes of credits that leave a grant whose period is over. */
export interface Rolled {
  /** What goes into a grant of its own; the rest is lost. */
  readonly amount: Amount;
  /** When that expires. */
  readonly until: number | null;
  /** What is lost of credits that rolled over before, so that no more than the bound are there; the oldest first. */
  readonly trimmed: readonly { readonly grant: Grant; readonly amount: Amount }[];
}

const NOTHING: Rolled = { amount: ZERO, until: null, trimmed: [] };

/**
 * Finds how much of credits that leave a grant rolls over, and moves nothing.
 *
 * @param at when they leave it: at the end of its period, or when a hold lets them go after it
 */
export function rolledOf(account: AccountState, grant: Grant, credits: Amount, at: number): Rolled {
  const { period } = grant;
  if (!period?.rollover) return NOTHING;
  const { max, percent, until } = period.rollover;
  if (until !== null && until <= at) return NOTHING;
  const part = percent === null ? credits : credits.times(percent).div(100).toDecimalPlaces(12);
  if (max === null) return { amount: part, until, trimmed: [] };
  const wanted = smallerOf(part, max);
  const earlier = rolledBefore(account, period.name);
  const kept = earlier.reduce((sum, { remaining }) => sum.plus(remaining), ZERO);
  let excess = atLeastZero(kept.plus(wanted).minus(max));
  const trimmed: { grant: Grant; amount: Amount }[] = [];
  for (const one of earlier) {
    const amount = smallerOf(excess, one.remaining.minus(one.held));
    if (amount.isZero()) continue;
    trimmed.push({ grant: one, amount });
    excess = excess.minus(amount);
  }
  // What holds have pinned of earlier ones can't be trimmed.
  return { amount: atLeastZero(wanted.minus(excess)), until, trimmed };
}

/** What has rolled over of a recurring grant and is still there, the oldest first. */
function rolledBefore({ grants }: AccountState, name: string): readonly Grant[] {
  return grants
    .filter(({ period, voidedAt, expired }) => period?.from && period.name === name && voidedAt === null && !expired)
    .toSorted((a, b) => a.effectiveAt - b.effectiveAt || (a.id < b.id ? -1 : 1));
}
