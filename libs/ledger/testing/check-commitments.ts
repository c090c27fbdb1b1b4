import { type Amount, atLeastZero, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { chargedIn, periodOf, type CommitmentPeriod } from '../commitments.ts';
import type { Transfer } from '../chart.ts';
import { must } from './must.ts';

/** Checks the periods of one account against its authorizations and transfers. */
export function checkCommitments(
  periods: readonly CommitmentPeriod[],
  authorizations: readonly Authorization[],
  transfers: readonly Transfer[],
): void {
  for (const [index, period] of periods.entries()) {
    const next = periods[index + 1];
    must(period.start < period.end, 'a period ends after it starts');
    must(!next || period.end <= next.start, 'no instant belongs to two periods');
    must(!next || period.settled, 'only the last period may be unsettled');
    checkPeriod(period, authorizations);
  }
  const draws = periods.flatMap((period) => period.draws);
  for (const { transactionId, grantId, amount, refunded } of draws) {
    const booked = transfers.filter((one) => one.transactionId === transactionId && one.grantId === grantId);
    must(sum(booked).eq(amount) && booked.every(({ kind }) => kind === 'commitment'), 'a draw of a period is booked');
    must(refunded.lte(amount), 'no more of a shortfall is set off than was charged');
  }
  must(
    sum(transfers.filter(({ kind }) => kind === 'commitment')).eq(sum(draws)),
    'what is booked for commitments is what their periods have drawn',
  );
  const setOff = transfers.filter(({ kind, authorizationId }) => kind === 'refund' && authorizationId === null);
  must(
    sum(setOff).eq(draws.reduce((total, { refunded }) => total.plus(refunded), ZERO)),
    'what is refunded of commitments is what was set off',
  );
}

function checkPeriod(period: CommitmentPeriod, authorizations: readonly Authorization[]): void {
  const { amount, spent, settled, draws, uncollected } = period;
  const own = authorizations.filter((one) => periodOf([period], one));
  const bySum = own.reduce((total, { committed, refunded }) => total.plus(committed).minus(refunded), ZERO);
  must(spent.eq(bySum), `${bySum.toFixed()} is spent in a period, and it says ${spent.toFixed()}`);
  must(amount.gte(0) && spent.gte(0) && uncollected.gte(0), 'nothing of a period is less than nothing');
  must(settled || (draws.length === 0 && uncollected.isZero()), 'nothing is charged before the end of a period');
  must(
    chargedIn(period)
      .plus(uncollected)
      .lte(atLeastZero(amount.minus(spent))),
    'no more stays charged for a shortfall than what is missing',
  );
}

function sum(items: readonly { readonly amount: Amount }[]): Amount {
  return items.reduce((total, { amount }) => total.plus(amount), ZERO);
}
