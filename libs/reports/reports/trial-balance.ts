import { type Amount, atLeastZero, formatAmount } from '#amounts';
import type { LedgerAccount } from '#ledger';
import { groupBy, sumOf, type MoneySum } from './money-sum.ts';
import { monthOf } from '#calendar';
import { column, type Column, type Report, type ReportRow } from './report.ts';

export const JOURNAL_COLUMNS: readonly Column[] = [
  column('month', 'month', 'The month.'),
  column('unit', 'text', 'The unit of the credits.'),
  column(
    'account_code',
    'text',
    'The account of the books: like `funding:paid`, `grant`, `usage`, `breakage` or `debt`.',
  ),
  column('debit', 'credits', 'What was debited to it.'),
  column('credit', 'credits', 'What was credited to it.'),
  column('count', 'count', 'How many bookings that were.'),
];

interface Posting {
  readonly code: LedgerAccount;
  readonly side: 'debit' | 'credit';
}

/**
 * What the transfers of a kind debit and credit. Repaid debt stands with the grant that has repaid it, and what rolled over is
 * debited and credited apart.
 */
function postingsOf({ kind, category }: MoneySum): readonly Posting[] {
  const own: LedgerAccount = category === 'debt' ? 'debt' : 'grant';
  const booked = (debit: LedgerAccount, credit: LedgerAccount): readonly Posting[] => [
    { code: debit, side: 'debit' },
    { code: credit, side: 'credit' },
  ];
  const funding: LedgerAccount = category === 'debt' ? 'debt' : `funding:${category}`;
  switch (kind) {
    case 'granted':
    case 'restored':
      return booked(funding, 'grant');
    case 'used':
    case 'debt_used':
    case 'commitment':
      return booked(own, 'usage');
    case 'refunded':
    case 'debt_refunded':
      return booked('usage', own);
    case 'debt_repaid':
      return category === 'debt' ? [] : booked('grant', 'debt');
    case 'expired':
      return booked('grant', 'breakage');
    case 'voided':
    case 'purchase_refunded':
      return booked('grant', funding);
    case 'rolled_out':
      return [{ code: 'grant', side: 'debit' }];
    case 'rolled_in':
      return [{ code: 'grant', side: 'credit' }];
    case 'written_off':
      return booked('write_off', 'debt');
    case 'write_off_reversed':
      return booked('debt', 'write_off');
    case 'true_up':
    case 'returned':
    case 'reversed':
      return [];
  }
}

interface Booked extends Record<Posting['side'], Amount> {
  readonly month: string;
  readonly unit: string;
  readonly code: LedgerAccount;
  readonly count: number;
}

function bookedOn(sums: readonly MoneySum[], month: string): readonly Booked[] {
  const postings = sums.flatMap((sum) => postingsOf(sum).map((posting) => ({ ...posting, sum })));
  return [...groupBy(postings, ({ code }) => code).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const onSide = (side: Posting['side']): Amount =>
      sumOf(
        group.filter((one) => one.side === side),
        ({ sum }) => sum.credits.abs(),
      );
    const count = group.reduce((all, { sum }) => all + sum.count, 0);
    return { month, unit: first.sum.unit, code: first.code, debit: onSide('debit'), credit: onSide('credit'), count };
  });
}

export interface JournalRequest {
  readonly timeZone: string;
  /** Where the parts of the range begin, and its end. */
  readonly cuts: readonly number[];
}

/** What was booked on each account of the books, month by month. @param sums by month */
export function journal(
  sums: readonly MoneySum[],
  { timeZone, cuts }: JournalRequest,
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const within = sums.filter(({ part }) => part > 0);
  const booked = [...groupBy(within, ({ part, unit }) => `${String(part).padStart(6, '0')} ${unit}`).values()].flatMap(
    (group) => bookedOn(group, monthOf(cuts[(group[0]?.part ?? 1) - 1] ?? 0, timeZone)),
  );
  return { columns: JOURNAL_COLUMNS, rows: booked.map(rowOf), total: () => totalOf(booked) };
}

/** What stands on each account of the books at the end of the range, on the side where it is more. */
export function trialBalance(
  sums: readonly MoneySum[],
  { timeZone, cuts }: JournalRequest,
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const month = monthOf((cuts.at(-1) ?? 1) - 1, timeZone);
  const booked = [...groupBy(sums, ({ unit }) => unit).values()]
    .flatMap((group) => bookedOn(group, month))
    .map((one) => {
      const net = one.debit.minus(one.credit);
      return { ...one, debit: atLeastZero(net), credit: atLeastZero(net.neg()) };
    });
  return { columns: JOURNAL_COLUMNS, rows: booked.map(rowOf), total: () => totalOf(booked) };
}

function rowOf({ month, unit, code, debit, credit, count }: Booked): ReportRow {
  return { month, unit, account_code: code, debit: formatAmount(debit), credit: formatAmount(credit), count };
}

/** Debits are as much as credits. Credits of several units don't add up. */
function totalOf(booked: readonly Booked[]): ReportRow | null {
  const units = new Set(booked.map(({ unit }) => unit));
  if (units.size > 1) return null;
  const [unit = null] = units;
  return {
    month: null,
    unit,
    account_code: null,
    debit: formatAmount(sumOf(booked, ({ debit }) => debit)),
    credit: formatAmount(sumOf(booked, ({ credit }) => credit)),
    count: booked.reduce((all, one) => all + one.count, 0),
  };
}
