import { type Amount, formatAmount, ZERO } from '#amounts';
import type { BreakageRates, MoneyGrantTerms } from './money-grant-terms.ts';
import { groupBy, sumOf, type MoneySum } from './money-sum.ts';
import { monthOf } from '#calendar';
import { estimatedBreakage, expectedRate, GrantBook, hasEnded, type GrantMoney } from './proportional-breakage.ts';
import { column, type Column, type Report, type ReportRow } from './report.ts';

export const BREAKAGE_METHODS = ['on_expiry', 'proportional'] as const;
/** When money is earned of credits that will never be used: when they expire, or before, in proportion to what is used. */
export type BreakageMethod = (typeof BREAKAGE_METHODS)[number];

export const BREAKAGE_COLUMNS: readonly Column[] = [
  column('cohort', 'month', 'The month in which the grants took effect.'),
  column('currency', 'text', 'The ISO 4217 code of the currency of the row.'),
  column('unit', 'text', 'The unit of the credits.'),
  column('issued', 'credits', 'The paid credits of the grants that expire some day.'),
  column('used_percent', 'percent', 'How many of them were used, in percent, less refunds.'),
  column(
    'expected_rate',
    'percent',
    'How many of them are expected never to be used, as a part of 1. Empty: nothing is.',
  ),
  column('method', 'text', '`on_expiry` or `proportional`.'),
  column('recognised', 'money', 'Earned so far by the method, before corrections.'),
  column('actual', 'money', 'What has really expired.'),
  column(
    'true_up',
    'money',
    'Corrections of `recognised`: when less is left than was expected, and when the grants have ended.',
  ),
];

export interface BreakageRequest {
  readonly method: BreakageMethod;
  readonly rates: BreakageRates;
  readonly timeZone: string;
  readonly to: number;
}

interface CohortGrant {
  readonly cohort: string;
  readonly grant: MoneyGrantTerms;
  readonly money: GrantMoney;
  readonly rate: Amount | null;
}

/** What of paid credits is never used, by the month in which they took effect, at the end of the range. */
export function breakage(
  sums: readonly MoneySum[],
  grants: readonly MoneyGrantTerms[],
  request: BreakageRequest,
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const book = new GrantBook(sums, grants);
  const { method, rates, timeZone } = request;
  const members = grants
    .filter(({ expiresAt }) => expiresAt !== null)
    .map((grant): CohortGrant => ({
      cohort: monthOf(grant.effectiveAt, timeZone),
      grant,
      money: book.moneyOf(grant, Infinity),
      rate: method === 'proportional' ? expectedRate(grant, rates, timeZone) : null,
    }))
    .filter(({ money }) => money.currency !== '' && !money.issued.isZero());
  const rows = [
    ...groupBy(members, ({ cohort, money, grant }) => JSON.stringify([cohort, money.currency, grant.unit])).values(),
  ]
    .map((group) => rowOf(group, request))
    .filter((row) => row !== null);
  return { columns: BREAKAGE_COLUMNS, rows, total: () => null };
}

function rowOf(group: readonly CohortGrant[], { to }: BreakageRequest): ReportRow | null {
  const [first] = group;
  if (!first) return null;
  const { cohort, money, grant, rate } = first;
  const estimates = group.map((one) =>
    one.rate
      ? estimatedBreakage(one.money, one.rate, hasEnded(one.grant, to))
      : { recognised: one.money.expired, trueUp: ZERO },
  );
  const issued = sumOf(group, (one) => one.money.issued);
  const used = sumOf(group, (one) => one.money.used);
  return {
    cohort,
    currency: money.currency,
    unit: grant.unit,
    issued: formatAmount(issued),
    used_percent: formatAmount(used.div(issued).times(100).toDecimalPlaces(4)),
    expected_rate: rate && formatAmount(rate),
    method: rate ? 'proportional' : 'on_expiry',
    recognised: formatAmount(sumOf(estimates, ({ recognised }) => recognised)),
    actual: formatAmount(sumOf(group, (one) => one.money.expired)),
    true_up: formatAmount(sumOf(estimates, ({ trueUp }) => trueUp)),
  };
}
