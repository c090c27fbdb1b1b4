import { type Amount, smallerOf, ZERO } from '#amounts';
import {
  amountOfPeriod,
  compareBurnDown,
  endOfPeriod,
  expiryOfPeriod,
  rolledUntil,
  type BurnDownTerms,
  type Grant,
  type NextPeriod,
  type RecurringGrant,
  type Rollover,
} from '#ledger';

/** Credits that are there, or will be. */
export interface Supply {
  readonly terms: BurnDownTerms;
  /** The grant's UUID; `null` where it is still to come. */
  readonly grant: string | null;
  /** Empty, where something is to roll into it first. */
  readonly credits: Amount;
  readonly rollover: RollsInto | null;
}

/** What happens to what is left of it when it expires. */
interface RollsInto extends Pick<Rollover, 'max' | 'percent'> {
  readonly supply: Supply;
}

/** An account that is granted something every hour couldn't be: the shortest period is a day. */
const PERIODS_MAX = 400;

/**
 * Everything that an account can spend before an instant: the grants that it has, the periods of recurring grants that begin by then, and
 * what rolls over of both. In burn-down order.
 */
export function suppliesUntil(
  grants: readonly Grant[],
  recurring: readonly RecurringGrant[],
  now: number,
  end: number,
): readonly Supply[] {
  const present = grants
    .filter(({ voidedAt, frozenAt, remaining }) => voidedAt === null && frozenAt === null && remaining.gt(ZERO))
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .flatMap(presentSupplies);
  return [...present, ...recurring.flatMap((one) => suppliesToCome(one, end))]
    .filter(({ terms }) => terms.effectiveAt < end)
    .toSorted((a, b) => compareBurnDown(a.terms, b.terms));
}

function presentSupplies(grant: Grant): readonly Supply[] {
  const { id, remaining, period } = grant;
  const rollover = period?.rollover ? { ...period.rollover, until: period.rollover.until } : null;
  return withRolled({ terms: grant, grant: id, credits: remaining }, rollover);
}

function suppliesToCome(one: RecurringGrant, end: number): readonly Supply[] {
  const supplies: Supply[] = [];
  let next = one.next;
  for (let periods = 0; next && next.at < end && periods < PERIODS_MAX; periods += 1) {
    if (one.endsAt !== null && next.at >= one.endsAt) break;
    const periodEnd = endOfPeriod(one, next);
    // A day that the time zone has left out is no period.
    if (periodEnd > next.at) supplies.push(...periodToCome(one, next, periodEnd));
    next = { index: next.index + 1, at: periodEnd };
  }
  return supplies;
}

function periodToCome(one: RecurringGrant, { index, at }: NextPeriod, end: number): readonly Supply[] {
  const { category, priority, scope, rollover } = one.terms;
  const expiresAt = expiryOfPeriod(one, { start: at, end });
  const terms = { id: '', priority, scope, category, effectiveAt: at, createdAt: at, expiresAt };
  const supply = { terms, grant: null, credits: amountOfPeriod(one, { index, at }) };
  return withRolled(supply, rollover && { ...rollover, until: rolledUntil(one, index + 1, rollover.periods) });
}

function withRolled(
  supply: Omit<Supply, 'rollover'>,
  rollover: (Pick<Rollover, 'max' | 'percent'> & { readonly until: number | null }) | null,
): readonly Supply[] {
  const { terms } = supply;
  const from = terms.expiresAt;
  if (!rollover || from === null || (rollover.until !== null && rollover.until <= from)) {
    return [{ ...supply, rollover: null }];
  }
  const { max, percent, until } = rollover;
  const later = { ...terms, id: '', effectiveAt: from, createdAt: from, expiresAt: until };
  const rolled: Supply = { terms: later, grant: null, credits: ZERO, rollover: null };
  return [{ ...supply, rollover: { max, percent, supply: rolled } }, rolled];
}

/** How much of what is left rolls over. That what had rolled over before counts towards the bound too is left out of account. */
export function rolledPart({ max, percent }: Pick<Rollover, 'max' | 'percent'>, left: Amount): Amount {
  const part = percent === null ? left : left.times(percent).div(100).toDecimalPlaces(12);
  return max === null ? part : smallerOf(part, max);
}
