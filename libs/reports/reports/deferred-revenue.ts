import { type Amount, formatAmount, ZERO } from '#amounts';
import type { MoneyKind } from '../facts/money-fact.ts';
import { groupBy, sumOf, type MoneySum } from './money-sum.ts';
import { column, type Column, type Report, type ReportRow } from './report.ts';

/** The columns that the money of each kind moves. What rolls over stays deferred. */
const COLUMN_OF: Readonly<Partial<Record<MoneyKind, Movement>>> = {
  granted: 'billed',
  used: 'usage',
  commitment: 'usage',
  refunded: 'refund',
  reversed: 'refund',
  debt_repaid: 'debt_repaid',
  expired: 'breakage',
  voided: 'breakage',
  purchase_refunded: 'breakage',
  restored: 'breakage',
  true_up: 'true_up',
  returned: 'returned',
};

const MOVEMENTS = ['billed', 'usage', 'refund', 'debt_repaid', 'breakage', 'true_up', 'returned'] as const;
type Movement = (typeof MOVEMENTS)[number];
const EARNED = ['usage', 'refund', 'debt_repaid', 'breakage', 'true_up'] as const;

export const DEFERRED_REVENUE_COLUMNS: readonly Column[] = [
  column('currency', 'text', 'The ISO 4217 code of the currency of the row.'),
  column('opening', 'money', 'What was paid before the range, and neither earned nor returned.'),
  column('billed', 'money', 'Paid for grants.'),
  column('usage', 'money', 'Earned by usage, and by what was charged for commitments.'),
  column('refund', 'money', 'Earnings taken back by refunds.'),
  column('debt_repaid', 'money', 'Earned by credits that have repaid debt.'),
  column('breakage', 'money', 'Earned by credits that nobody uses any more: expired, or voided without a return.'),
  column('true_up', 'money', 'Corrections of what was earned before.'),
  column('returned', 'money', 'Paid back to customers.'),
  column('closing', 'money', 'What is neither earned nor returned at the end: the sum of the columns before it.'),
  column('revenue', 'money', 'What was earned in the range.'),
];

/** By how much an estimate of breakage moves what the journal has, in a currency. */
export interface BreakageMoves {
  /** Money by which the deferred money of the beginning is lower. */
  readonly opening: Amount;
  readonly breakage: Amount;
  readonly trueUp: Amount;
}

/** Money that is deferred and how it was earned, by currency. @param moves by currency */
export function deferredRevenue(
  sums: Iterable<MoneySum>,
  moves: ReadonlyMap<string, BreakageMoves> = new Map(),
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const ofMoney = [...sums].filter(({ currency }) => currency !== '');
  const rows = [...groupBy(ofMoney, ({ currency }) => currency)]
    .map(([currency, group]) => rowOf(currency, group, moves.get(currency)))
    .filter((row) => row !== null);
  return { columns: DEFERRED_REVENUE_COLUMNS, rows, total: () => (rows.length === 1 ? (rows[0] ?? null) : null) };
}

function rowOf(currency: string, group: readonly MoneySum[], moves: BreakageMoves | undefined): ReportRow | null {
  const money = ({ money: one }: MoneySum): Amount => one;
  const ofPart = (isWithin: boolean): readonly MoneySum[] => group.filter(({ part }) => part > 0 === isWithin);
  const movements = Object.fromEntries(MOVEMENTS.map((name) => [name, ZERO])) as Record<Movement, Amount>;
  for (const one of ofPart(true)) {
    const name = COLUMN_OF[one.kind];
    if (name) movements[name] = movements[name].plus(one.money);
  }
  if (moves) {
    movements.breakage = movements.breakage.plus(moves.breakage);
    movements.true_up = movements.true_up.plus(moves.trueUp);
  }
  const opening = sumOf(ofPart(false), money).plus(moves?.opening ?? ZERO);
  const closing = MOVEMENTS.reduce((sum, name) => sum.plus(movements[name]), opening);
  const revenue = EARNED.reduce((sum, name) => sum.minus(movements[name]), ZERO);
  const figures = { opening, ...movements, closing, revenue };
  if (Object.values(figures).every((amount) => amount.isZero())) return null;
  return {
    currency,
    ...Object.fromEntries(Object.entries(figures).map(([name, amount]) => [name, formatAmount(amount)])),
  };
}
