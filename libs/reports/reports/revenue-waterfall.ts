import { type Amount, formatAmount, ZERO } from '#amounts';
import { revenueOf } from '../facts/money-fact.ts';
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
  column('remaining', 'money', 'What of it was still deferred at the end of that month.'),
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
}

/** In which months the money of grants was earned, by the month in which they took effect. @param sums by grant and month */
export function revenueWaterfall(
  sums: readonly MoneySum[],
  grants: readonly MoneyGrantTerms[],
  request: WaterfallRequest,
): Pick<Report, 'columns' | 'rows' | 'total'> {
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const ofMoney = sums.flatMap((sum) => {
    const grant = byId.get(sum.grantId ?? '');
    return grant && sum.currency !== '' ? [{ sum, grant, month: monthOf(grant.effectiveAt, request.timeZone) }] : [];
  });
  const rows = [...groupBy(ofMoney, ({ sum, month }) => JSON.stringify([sum.currency, month]))].flatMap(
    ([key, cohort]) => {
      const [currency, month] = JSON.parse(key) as [string, string];
      return request.cuts.slice(0, -1).flatMap((_, index) => {
        const figures = figuresOf(cohort, index + 1, request.cuts);
        return figures ? { currency, grant_month: month, ...monthText(index, request), ...figures } : [];
      });
    },
  );
  return { columns: REVENUE_WATERFALL_COLUMNS, rows, total: () => null };
}

interface OfCohort {
  readonly sum: MoneySum;
  readonly grant: MoneyGrantTerms;
}

function monthText(index: number, { cuts, timeZone }: WaterfallRequest): ReportRow {
  return { recognised_month: monthOf(cuts[index] ?? 0, timeZone) };
}

function figuresOf(cohort: readonly OfCohort[], part: number, cuts: readonly number[]): ReportRow | null {
  const until = cohort.filter(({ sum }) => sum.part <= part);
  const deferred = (one: OfCohort): Amount => one.sum.money;
  const within = until.filter(({ sum }) => sum.part === part);
  const revenue = sumOf(within, ({ sum }) => revenueOf(sum) ?? ZERO);
  const remaining = sumOf(until, deferred);
  if (revenue.isZero() && remaining.isZero()) return null;
  const end = cuts[part] ?? 0;
  const expiring = HORIZONS.map((days) => {
    const soon = until.filter(({ grant }) => grant.expiresAt !== null && grant.expiresAt <= end + days * DAY_MS);
    return [`expiring_${String(days)}_days`, formatAmount(sumOf(soon, deferred))];
  });
  const figures = { revenue: formatAmount(revenue), remaining: formatAmount(remaining) };
  return { ...figures, ...(Object.fromEntries(expiring) as ReportRow) };
}
