import { formatAmount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { chargedIn, lastInstantOf, missingIn, periodOf, type CommitmentPeriod } from '../commitments.ts';
import type { CommitmentPeriodData } from '../events.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { coverRest } from './cover-rest.ts';
import { emit, type Moment } from './emit.ts';
import { firstOf } from './funding.ts';
import { giveBackDraws } from './give-back-usage.ts';
import { Transaction } from './transaction.ts';

/**
 * Charges what is missing to a commitment when its period has ended, as of the period's last instant: from the account's unscoped
 * credits, then as the account's overage policy says. `reject` leaves uncollected what the credits don't cover, as `cap` does,
 * because time can't be refused.
 */
export function settleCommitment(context: DecisionContext, account: AccountState, period: CommitmentPeriod): void {
  const { overage } = account.account.terms;
  const anyUsage = { usage: [], tags: {}, overage };
  const shortfall = { overdraft: ZERO, excess: missingIn(period) };
  const cover = coverRest(context, account, anyUsage, shortfall, lastInstantOf(period));
  const books = new Transaction(context, account);
  for (const { grant, amount } of firstOf(cover.funding.shares, cover.credits)) {
    books.chargeShortfall(period, grant, amount);
  }
  if (!cover.debt.isZero()) books.chargeShortfall(period, null, cover.debt);
  period.uncollected = cover.uncollected;
  period.settled = true;
  context.changes.commitments.update(period);
}

/** Emits what became of a period that has just been settled; nothing where the commitment was taken away before its end. */
export function reportSettled(
  context: DecisionContext,
  account: AccountState,
  period: CommitmentPeriod,
  moment: Moment,
): void {
  if (period.amount.isZero()) return;
  const data = { ...periodData(period), shortfall: formatAmount(missingIn(period)) };
  emit(context, account, 'commitment.settled', data, moment);
}

/**
 * Sets off what an authorization was charged after the period was settled in which it was made: as much less was missing. It
 * comes off what wasn't collected first. What is refunded later doesn't raise a shortfall again.
 */
export function setOffShortfall(context: DecisionContext, account: AccountState, authorization: Authorization): void {
  const period = periodOf(account.commitments, authorization);
  if (!period?.settled) return;
  const charged = chargedIn(period);
  const surplus = charged.plus(period.uncollected).minus(missingIn(period));
  if (!surplus.gt(ZERO)) return;
  const ofCharge = surplus.minus(period.uncollected);
  if (ofCharge.gt(ZERO)) {
    const books = new Transaction(context, account);
    giveBackDraws(books, period.draws, ofCharge, { authorization: null, reason: null });
    period.uncollected = ZERO;
  } else period.uncollected = period.uncollected.minus(surplus);
  context.changes.commitments.update(period);
  emit(context, account, 'commitment.set_off', { ...periodData(period), set_off: formatAmount(surplus) });
}

function periodData(period: CommitmentPeriod): CommitmentPeriodData {
  return {
    period_start: new Date(period.start).toISOString(),
    period_end: new Date(period.end).toISOString(),
    amount: formatAmount(period.amount),
    spent: formatAmount(period.spent),
    charged: formatAmount(chargedIn(period)),
    uncollected: formatAmount(period.uncollected),
  };
}
