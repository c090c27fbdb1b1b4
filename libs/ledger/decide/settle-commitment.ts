import { formatAmount, ZERO } from '#amounts';
import { lastInstantOf, missingIn, type CommitmentPeriod } from '../commitments.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { coverRest } from './cover-rest.ts';
import { emit, periodData, type Moment } from './emit.ts';
import { firstOf } from './funding.ts';
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
