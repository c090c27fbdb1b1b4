import { Amount, smallerOf, ZERO } from '#amounts';
import type { MoneyKind } from '../facts/money-fact.ts';
import type { BreakageMoves } from './deferred-revenue.ts';
import type { BreakageRates, MoneyGrantTerms } from './money-grant-terms.ts';
import { sumOf, type MoneySum } from './money-sum.ts';
import { monthOf } from '#calendar';

const GIVEN: readonly MoneyKind[] = ['granted', 'rolled_in'];
const USED: readonly MoneyKind[] = ['used', 'refunded', 'commitment', 'debt_repaid'];
const EXPIRED: readonly MoneyKind[] = ['expired'];

/** What the money of a grant stands at, at some instant. Money is positive. */
export interface GrantMoney {
  readonly currency: string;
  /** The credits that it brought, used net, and that are left. */
  readonly issued: Amount;
  readonly used: Amount;
  readonly left: Amount;
  /** What its share of the purchase's money came to for each credit. */
  readonly price: Amount;
  /** Earned because credits expired. */
  readonly expired: Amount;
}

/** @param poolSums of all grants of its pool, itself included */
function grantMoney(own: readonly MoneySum[], poolSums: readonly MoneySum[]): GrantMoney {
  const credits = (sums: readonly MoneySum[], kinds: readonly MoneyKind[]): Amount =>
    sumOf(ofKinds(sums, kinds), (one) => one.credits);
  const total = credits(poolSums, GIVEN);
  const paid = sumOf(ofKinds(poolSums, GIVEN), ({ money }) => money);
  return {
    currency: poolSums.find(({ currency }) => currency !== '')?.currency ?? '',
    issued: credits(own, GIVEN),
    used: credits(own, USED).neg(),
    left: sumOf(own, (one) => one.credits),
    price: total.isZero() ? ZERO : paid.div(total),
    expired: sumOf(ofKinds(own, EXPIRED), ({ money }) => money).neg(),
  };
}

function ofKinds(sums: readonly MoneySum[], kinds: readonly MoneyKind[]): readonly MoneySum[] {
  return sums.filter(({ kind }) => kinds.includes(kind));
}

/** What was earned of credits that will expire, before and when they do. Money is positive. */
export interface EstimatedBreakage {
  /** In proportion to what was used. */
  readonly recognised: Amount;
  /** By how much more, or less: what was left by then, or, when it has ended, what has really expired. */
  readonly trueUp: Amount;
}

/** @param rate the part of its credits that is expected never to be used */
export function estimatedBreakage(
  { issued, used, left, price, expired }: GrantMoney,
  rate: Amount,
  hasEnded: boolean,
): EstimatedBreakage {
  const expected = issued.times(rate);
  const toBeUsed = issued.minus(expected);
  const share = toBeUsed.isZero() ? new Amount(1) : smallerOf(used.div(toBeUsed), new Amount(1));
  const recognised = price.times(expected).times(share).toDecimalPlaces(12);
  const open = smallerOf(recognised, price.times(left).toDecimalPlaces(12)).plus(expired);
  return { recognised, trueUp: (hasEnded ? expired : open).minus(recognised) };
}

/** Whether by then nothing more of it can be used. */
export function hasEnded({ expiresAt, voidedAt }: MoneyGrantTerms, at: number): boolean {
  return (expiresAt !== null && expiresAt < at) || (voidedAt !== null && voidedAt < at);
}

/** The rate that is expected of a grant; `null`: none is, and its breakage is earned when it expires. */
export function expectedRate(grant: MoneyGrantTerms, rates: BreakageRates, timeZone: string): Amount | null {
  if (grant.expiresAt === null) return null;
  return rates[monthOf(grant.effectiveAt, timeZone)] ?? rates.default ?? null;
}

export interface ProportionalTerms {
  readonly rates: BreakageRates;
  readonly timeZone: string;
  readonly from: number;
  readonly to: number;
}

/**
 * By how much an estimate moves deferred money, by currency.
 *
 * @param sums by grant: of the time before the range, and of the range
 */
export function breakageMoves(
  sums: readonly MoneySum[],
  grants: readonly MoneyGrantTerms[],
  { rates, timeZone, from, to }: ProportionalTerms,
): ReadonlyMap<string, BreakageMoves> {
  const moves = new Map<string, BreakageMoves>();
  const book = new GrantBook(sums, grants);
  for (const grant of grants) {
    const rate = expectedRate(grant, rates, timeZone);
    if (!rate) continue;
    const before = movedBy(book.moneyOf(grant, 0), rate, hasEnded(grant, from));
    const money = book.moneyOf(grant, Infinity);
    const after = movedBy(money, rate, hasEnded(grant, to));
    const sum = moves.get(money.currency) ?? { opening: ZERO, breakage: ZERO, trueUp: ZERO };
    moves.set(money.currency, {
      opening: sum.opening.plus(before.breakage).plus(before.trueUp),
      breakage: sum.breakage.plus(after.breakage).minus(before.breakage),
      trueUp: sum.trueUp.plus(after.trueUp).minus(before.trueUp),
    });
  }
  return moves;
}

/** What expired is in the journal when it did. The estimate has it before, and then the rest as a true-up. */
function movedBy(money: GrantMoney, rate: Amount, ended: boolean): { breakage: Amount; trueUp: Amount } {
  const { recognised, trueUp } = estimatedBreakage(money, rate, ended);
  return { breakage: money.expired.minus(recognised), trueUp: trueUp.neg() };
}

/** Finds the sums of grants, and of those that share their money. */
export class GrantBook {
  private readonly ofGrant: ReadonlyMap<string | null, readonly MoneySum[]>;
  private readonly ofPool: ReadonlyMap<string, readonly MoneyGrantTerms[]>;

  constructor(sums: readonly MoneySum[], grants: readonly MoneyGrantTerms[]) {
    this.ofGrant = Map.groupBy(sums, ({ grantId }) => grantId);
    this.ofPool = Map.groupBy(grants, ({ pool }) => pool);
  }

  sumsOf({ id }: MoneyGrantTerms): readonly MoneySum[] {
    return this.ofGrant.get(id) ?? [];
  }

  /** @param upTo the last part of the range that counts */
  moneyOf(grant: MoneyGrantTerms, upTo: number): GrantMoney {
    const until = (one: MoneyGrantTerms): readonly MoneySum[] => this.sumsOf(one).filter(({ part }) => part <= upTo);
    return grantMoney(until(grant), (this.ofPool.get(grant.pool) ?? [grant]).flatMap(until));
  }
}
