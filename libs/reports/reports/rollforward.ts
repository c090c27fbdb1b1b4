import { formatAmount, type Amount } from '#amounts';
import type { MoneyKind } from '../facts/money-fact.ts';
import { groupBy, sumOf, type MoneySum } from './money-sum.ts';
import { column, type Cell, type Column, type Report, type ReportRow } from './report.ts';

/** What each column of movements adds up. */
const MOVEMENTS: Readonly<Record<string, readonly MoneyKind[]>> = {
  granted: ['granted'],
  rolled_in: ['rolled_in'],
  used: ['used', 'debt_used'],
  commitment: ['commitment'],
  refunded: ['refunded', 'debt_refunded'],
  debt_repaid: ['debt_repaid'],
  expired: ['expired'],
  rolled_out: ['rolled_out'],
  voided: ['voided'],
  purchase_refunded: ['purchase_refunded', 'restored'],
  written_off: ['written_off', 'write_off_reversed'],
};

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  granted: 'Given by new grants.',
  rolled_in: 'Rolled over from the period before.',
  used: 'Used, or, of the category `debt`, used without credits.',
  commitment: 'Charged for what was missing to a commitment.',
  refunded: 'Given back by refunds of usage.',
  debt_repaid: 'Used to repay debt, and, of the category `debt`, the same with the other sign.',
  expired: 'Lost when their time was up, or when the account was closed.',
  rolled_out: 'Rolled over into the next period.',
  voided: 'Taken back by voiding their grant.',
  written_off: 'Of the category `debt`: written off, less what of that was refunded.',
  purchase_refunded: 'Taken back when money of their purchase was refunded, less what came back because that failed.',
};

export interface RollforwardRequest {
  readonly isByGrant: boolean;
}

export function rollforwardColumns({ isByGrant }: RollforwardRequest): readonly Column[] {
  return [
    column('account', 'text', 'The account.'),
    column('unit', 'text', 'The unit of its credits.'),
    column('category', 'text', 'The category of the grants, or `debt`.'),
    ...(isByGrant ? [column('grant', 'id', 'The grant; empty of debt.')] : []),
    column('opening', 'credits', 'What was there at the beginning of the range; debt is negative.'),
    ...Object.keys(MOVEMENTS).map((name) => column(name, 'credits', DESCRIPTIONS[name] ?? '')),
    column('closing', 'credits', 'What was there at its end: the sum of the columns before it.'),
  ];
}

/** How credits came and went, by account and category, or by grant. The sums are of the time before the range, and of the range. */
export function rollforward(
  sums: Iterable<MoneySum>,
  request: RollforwardRequest,
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const columns = rollforwardColumns(request);
  const all = [...sums];
  const rows = [
    ...groupBy(all, (one) => JSON.stringify([one.account, one.category, request.isByGrant ? one.grantId : null])),
  ]
    .map(([, group]) => rowOf(group, request))
    .filter((row) => row !== null);
  return { columns, rows, total: () => totalOf(all, request) };
}

function rowOf(group: readonly MoneySum[], { isByGrant }: RollforwardRequest): ReportRow | null {
  const [first] = group;
  if (!first) return null;
  const figures = figuresOf(group);
  if (group.every(({ part }) => part === 0) && figures.opening?.isZero()) return null;
  const { account, unit, category, grantId } = first;
  return { account, unit, category, ...(isByGrant ? { grant: grantId } : {}), ...texts(figures) };
}

/** Credits of several units don't add up. */
function totalOf(all: readonly MoneySum[], { isByGrant }: RollforwardRequest): ReportRow | null {
  const units = new Set(all.map(({ unit }) => unit));
  if (units.size > 1) return null;
  const [unit = null] = units;
  return { account: null, unit, category: null, ...(isByGrant ? { grant: null } : {}), ...texts(figuresOf(all)) };
}

function figuresOf(group: readonly MoneySum[]): Readonly<Record<string, Amount>> {
  const credits = ({ credits: one }: MoneySum): Amount => one;
  const within = group.filter(({ part }) => part > 0);
  const movements = Object.entries(MOVEMENTS).map(([name, kinds]) => {
    const own = within.filter(({ kind }) => kinds.includes(kind));
    return [name, sumOf(own, credits)] as const;
  });
  const opening = sumOf(
    group.filter(({ part }) => part === 0),
    credits,
  );
  return { opening, ...Object.fromEntries(movements), closing: sumOf(group, credits) };
}

function texts(figures: Readonly<Record<string, Amount>>): Record<string, Cell> {
  return Object.fromEntries(Object.entries(figures).map(([name, amount]) => [name, formatAmount(amount)]));
}
