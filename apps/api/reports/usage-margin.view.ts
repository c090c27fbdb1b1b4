import { Amount, formatAmount } from '#amounts';
import { publicId } from '#ledger';
import type { MarginFigures, MarginRow, UsageMargin, UsageMarginRequest } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';

export interface MarginView {
  readonly requests: number;
  readonly credits: string;
  readonly revenue: string;
  readonly cost: string;
  readonly margin: string;
  readonly margin_percent: string | null;
  readonly unknown_costs: number;
}

export interface MarginRowView extends MarginView {
  readonly unit: string;
  /** The column that the report groups by. */
  readonly [column: string]: string | number | null;
}

const PERCENT_DECIMALS = 4;

export function usageMarginView(
  report: UsageMargin,
  request: UsageMarginRequest,
  column: string,
): {
  readonly report: string;
  readonly from: string;
  readonly to: string;
  readonly as_of: string;
  readonly group_by: string;
  readonly currency: string;
  readonly data: readonly MarginRowView[];
  readonly total: MarginView;
} {
  return {
    report: 'usage-margin',
    from: timeView(request.from),
    to: timeView(request.to),
    as_of: timeView(report.asOf),
    group_by: column,
    currency: request.currency,
    data: report.rows.map((row) => ({ [column]: valueView(request, row), unit: row.unit, ...marginView(row) })),
    total: marginView(report.total),
  };
}

function valueView({ group }: UsageMarginRequest, { value }: MarginRow): string {
  const isId = group === 'key' && /^[0-9a-f-]{36}$/.test(value);
  return isId ? publicId('key', value) : value;
}

function marginView({ requests, credits, revenue, cost, unknownCosts }: MarginFigures): MarginView {
  const margin = revenue.minus(cost);
  const percent = revenue.isZero() ? null : margin.div(revenue).times(100);
  return {
    requests,
    credits: formatAmount(credits),
    revenue: formatAmount(revenue),
    cost: formatAmount(cost),
    margin: formatAmount(margin),
    margin_percent: percent && formatAmount(percent.toDecimalPlaces(PERCENT_DECIMALS, Amount.ROUND_HALF_EVEN)),
    unknown_costs: unknownCosts,
  };
}
