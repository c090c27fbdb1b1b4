import { type Amount, formatAmount, ZERO } from '#amounts';
import { revenueOf } from '../facts/money-fact.ts';
import { deferredShares } from './deferred-shares.ts';
import type { MoneyGrantTerms } from './money-grant-terms.ts';
import { groupBy, sumOf, type MoneySum } from './money-sum.ts';
import { monthOf } from '#calendar';
import { column, type Column, type Report, type ReportRow } from './report.ts';

const DAY_MS = 86_400_000;
const HORIZONS = [30, 90, 365] as const;

export const REVENUE_WATERFALL_COLUMNS: readonly Column[] = [
  column('currency', 'text', 'The ISO 4217 code of the currency of the row.'),
  column('grant_month', 'month', 'The month in which the grants took effect.'),
  column('recognised_month', 'month', 'The month in which their money was earned.'),
  column('revenue', 'money', 'What was earned of it in that month.'),
  column(
    'remaining',
    'money',
    'What was still deferred at the end of that month, for the credits that the grants had left.',
  ),
  ...HORIZONS.map((days) =>
    column(
      `expiring_${String(days)}_days`,
      'money',
      `How much of \`remaining\` expires within ${String(days)} days from then on.`,
    ),
  ),
];

export interface WaterfallRequest {
  readonly timeZone: string;
  /** Where the parts of the range begin, and its end. */
  readonly cuts: readonly number[];
  /** An ISO 4217 code: money in another one is left out. `null`: all money. */
  readonly currency: string | null;
}

/**
 * In which months the money of grants was earned, by the month in which they took effect.
 *
 * @param sums by grant and month, of every currency
 */
export function revenueWaterfall(
  sums: readonly MoneySum[],
  grants: readonly MoneyGrantTerms[],
  request: WaterfallRequest,
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const { cuts, timeZone } = request;
  const cohorts = groupBy(grantsWithMoney(sums, grants, request.currency), ({ currency, grant }) =>
    JSON.stringify([currency, monthOf(grant.effectiveAt, timeZone)]),
  );
  const deferred = cuts.map((_, part) => (part === 0 ? new Map<string, Amount>() : deferredShares(sums, grants, part)));
  const rows = [...cohorts].flatMap(([key, cohort]) => {
    const [currency, month] = JSON.parse(key) as [string, string];
    return cuts.slice(0, -1).flatMap((from, index) => {
      const [part, end] = [index + 1, cuts[index + 1] ?? 0];
      const figures = figuresOf(cohort, part, { end, deferred: deferred[part] ?? new Map<string, Amount>() });
      const recognised = { recognised_month: monthOf(from, timeZone) };
      return figures ? { currency, grant_month: month, ...recognised, ...figures } : [];
    });
  });
  return { columns: REVENUE_WATERFALL_COLUMNS, rows, total: () => null };
}

interface GrantWithMoney {
  readonly grant: MoneyGrantTerms;
  readonly currency: string;
  /** Those that have a currency. */
  readonly sums: readonly MoneySum[];
}

/** Grants whose own credits or those bought with them have a price. */
function grantsWithMoney(
  sums: readonly MoneySum[],
  grants: readonly MoneyGrantTerms[],
  asked: string | null,
): readonly GrantWithMoney[] {
  const ofGrant = Map.groupBy(
    sums.filter(({ currency }) => currency !== ''),
    ({ grantId }) => grantId,
  );
  const currencies = new Map<string, string>();
  for (const { id, pool } of grants) {
    const currency = ofGrant.get(id)?.[0]?.currency;
    if (currency !== undefined) currencies.set(pool, currency);
  }
  return grants.flatMap((grant) => {
    const currency = currencies.get(grant.pool);
    if (currency === undefined || (asked !== null && currency !== asked)) return [];
    return [{ grant, currency, sums: ofGrant.get(grant.id) ?? [] }];
  });
}

interface EndOfPart {
  readonly end: number;
  /** By the ids of grants. */
  readonly deferred: ReadonlyMap<string, Amount>;
}

function figuresOf(cohort: readonly GrantWithMoney[], part: number, { end, deferred }: EndOfPart): ReportRow | null {
  const within = cohort.flatMap(({ sums }) => sums.filter((sum) => sum.part === part));
  const revenue = sumOf(within, (sum) => revenueOf(sum) ?? ZERO);
  const left = ({ grant }: GrantWithMoney): Amount => deferred.get(grant.id) ?? ZERO;
  const remaining = sumOf(cohort, left);
  if (revenue.isZero() && remaining.isZero()) return null;
  const expiring = HORIZONS.map((days) => {
    const soon = cohort.filter(({ grant }) => grant.expiresAt !== null && grant.expiresAt <= end + days * DAY_MS);
    return [`expiring_${String(days)}_days`, formatAmount(sumOf(soon, left))];
  });
  const figures = { revenue: formatAmount(revenue), remaining: formatAmount(remaining) };
  return { ...figures, ...(Object.fromEntries(expiring) as ReportRow) };
}
