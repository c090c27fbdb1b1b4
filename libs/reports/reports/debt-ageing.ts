import { type Amount, formatAmount, smallerOf, ZERO } from '#amounts';
import { groupBy, sumOf } from './money-sum.ts';
import { daysBetween } from '#calendar';
import { column, type Column, type Report, type ReportRow } from './report.ts';

/** How the debt of an account has changed at some time. */
export interface DebtMove {
  /** The account's own id. */
  readonly account: string;
  readonly unit: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** By how much more is owed, and by how much less. */
  readonly added: Amount;
  readonly lowered: Amount;
}

/** The oldest day of each bucket, in days of age. */
const BUCKETS = [
  { name: 'current', upTo: 0, description: 'Owed since the day on which the range ends.' },
  { name: 'days_1_30', upTo: 30, description: 'Owed for 1 to 30 days.' },
  { name: 'days_31_60', upTo: 60, description: 'Owed for 31 to 60 days.' },
  { name: 'days_61_90', upTo: 90, description: 'Owed for 61 to 90 days.' },
  { name: 'days_over_90', upTo: Infinity, description: 'Owed for longer.' },
] as const;

export const DEBT_AGEING_COLUMNS: readonly Column[] = [
  column('account', 'text', 'The account.'),
  column('unit', 'text', 'The unit of its credits.'),
  ...BUCKETS.map(({ name, description }) => column(name, 'credits', description)),
  column('debt', 'credits', 'All that is owed.'),
];

/**
 * How old debt is at the end of the range, in days of the calendar. Whatever lowers it lowers the oldest first.
 *
 * @param moves those before that instant, in the order of time
 */
export function debtAgeing(
  moves: Iterable<DebtMove>,
  { timeZone, to }: { readonly timeZone: string; readonly to: number },
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const rows = [...groupBy(moves, ({ account }) => account)].flatMap(([account, own]) => {
    const open = openDebts(own).filter(({ amount }) => !amount.isZero());
    if (open.length === 0) return [];
    const aged = open.map(({ at, amount }) => ({ amount, age: daysBetween(at, to, timeZone) }));
    return { account, unit: own[0]?.unit ?? '', buckets: bucketsOf(aged) };
  });
  const total = (): ReportRow | null => {
    const units = new Set(rows.map(({ unit }) => unit));
    if (units.size > 1) return null;
    const sums = BUCKETS.map((_, index) => sumOf(rows, ({ buckets }) => buckets[index] ?? ZERO));
    return { account: null, unit: [...units][0] ?? null, ...texts(sums) };
  };
  return {
    columns: DEBT_AGEING_COLUMNS,
    rows: rows.map(({ account, unit, buckets }) => ({ account, unit, ...texts(buckets) })),
    total,
  };
}

interface OpenDebt {
  readonly at: number;
  readonly amount: Amount;
}

function openDebts(moves: readonly DebtMove[]): readonly OpenDebt[] {
  let paid = sumOf(moves, ({ lowered }) => lowered);
  return moves.map(({ at, added }) => {
    const covered = smallerOf(paid, added);
    paid = paid.minus(covered);
    return { at, amount: added.minus(covered) };
  });
}

function bucketsOf(aged: readonly { readonly age: number; readonly amount: Amount }[]): readonly Amount[] {
  const placeOf = (age: number): number => BUCKETS.findIndex(({ upTo }) => age <= upTo);
  return BUCKETS.map((_, index) =>
    sumOf(
      aged.filter(({ age }) => placeOf(age) === index),
      ({ amount }) => amount,
    ),
  );
}

function texts(buckets: readonly Amount[]): ReportRow {
  const shown = BUCKETS.map(({ name }, index) => [name, formatAmount(buckets[index] ?? ZERO)] as const);
  return { ...Object.fromEntries(shown), debt: formatAmount(sumOf(buckets, (one) => one)) };
}
