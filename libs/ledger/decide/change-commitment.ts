import { type Amount, atLeastZero, ZERO } from '#amounts';
import { monthOf, prorated, runningPeriod } from '../commitments.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/**
 * Called after an account's commitment may have changed. A new amount counts for the rest of the running period. Without a
 * commitment nothing is owed for any of it.
 *
 * @param before what the commitment was
 */
export function changeCommitment(context: DecisionContext, account: AccountState, before: Amount | null): void {
  const { commitment, timeZone } = account.account.terms;
  if (commitment === before || (commitment && before?.eq(commitment))) return;
  const now = timeOf(context, account);
  const running = runningPeriod(account.commitments);
  if (!running) {
    openPeriod(context, account, now);
    return;
  }
  if (!commitment) running.amount = ZERO;
  else {
    const month = monthOf(timeZone, running.start);
    const change = prorated(commitment.minus(before ?? ZERO), running.end - now, month.end - month.start);
    running.amount = atLeastZero(running.amount.plus(change));
  }
  context.changes.commitments.update(running);
}

/**
 * Opens the period that begins at an instant and ends with its month, where the account has a commitment. As much of the
 * commitment is owed as is left of the month.
 */
export function openPeriod(context: DecisionContext, account: AccountState, start: number): void {
  const { key, terms } = account.account;
  if (!terms.commitment) return;
  const month = monthOf(terms.timeZone, start);
  const period = {
    id: account.ids.next(context.realNow),
    accountKey: key,
    start,
    end: month.end,
    amount: prorated(terms.commitment, month.end - start, month.end - month.start),
    spent: ZERO,
    settled: false,
    draws: [],
    uncollected: ZERO,
  };
  account.commitments.push(period);
  context.changes.commitments.create(period);
  if (account.account.hasCommitmentPeriods) return;
  account.account.hasCommitmentPeriods = true;
  context.changes.accounts.updateTerms(account);
}
