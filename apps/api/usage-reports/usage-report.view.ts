import { type Amount, formatAmount } from '#amounts';
import { publicId } from '#ledger';
import type { UsageGroup, UsageSums } from '#reports';
import { timeView } from '../lists/time-view.ts';
import type { Columns } from '../rows/row-sender.ts';

/** Who looks: an account's own key never sees what an operator earns and pays. */
export interface UsageViewer {
  readonly seesMoney: boolean;
}

type Text = string | null;

interface MoneyView {
  readonly revenue: string;
  readonly cost: string;
  readonly margin: string;
  readonly promotional_cost: string;
  readonly unknown_costs: number;
}

interface FiguresView extends Partial<MoneyView> {
  /** `null` where several units are added up. */
  readonly unit: Text;
  readonly requests: number;
  readonly late: number;
  readonly unpriced: number;
  readonly credits: { readonly paid: Text; readonly promotional: Text; readonly included: Text; readonly debt: Text };
  readonly uncollected: Text;
  readonly refunded: Text;
  /** `null` where quantities aren't told apart by these groups. */
  readonly quantities: Readonly<Record<string, string>> | null;
}

export type UsageTotalView = FiguresView;

export interface UsageRowView extends FiguresView {
  readonly bucket: string;
  readonly group: Readonly<Record<string, string>>;
}

export interface UsageReportView {
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly bucket: string;
  readonly group_by: readonly string[];
  readonly currency?: string;
  readonly as_of: string;
  readonly data: readonly UsageRowView[];
  readonly total: UsageTotalView;
}

const KEY = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export function usageRowView(
  sums: UsageSums,
  bounds: readonly number[],
  groups: readonly UsageGroup[],
  viewer: UsageViewer,
): UsageRowView {
  const valueOf = (group: UsageGroup, value = ''): string =>
    group === 'key' && KEY.test(value) ? publicId('key', value) : value;
  const group = Object.fromEntries(groups.map((name, place) => [name, valueOf(name, sums.values[place])]));
  return { bucket: timeView(bounds[sums.bucket] ?? 0), group, ...figuresView(sums, viewer, true) };
}

/** @param isOneUnit whether credits can be added up at all */
export function usageTotalView(sums: UsageSums, viewer: UsageViewer, isOneUnit: boolean): UsageTotalView {
  return figuresView(sums, viewer, isOneUnit);
}

function figuresView(
  { unit, measures, quantities }: UsageSums,
  { seesMoney }: UsageViewer,
  isOneUnit: boolean,
): FiguresView {
  const credits = (amount: Amount): Text => (isOneUnit ? formatAmount(amount) : null);
  const { requests, late, unpriced, paid, promotional, included, debt, uncollected, refunded } = measures;
  return {
    unit: isOneUnit ? unit : null,
    requests,
    late,
    unpriced,
    credits: {
      paid: credits(paid),
      promotional: credits(promotional),
      included: credits(included),
      debt: credits(debt),
    },
    uncollected: credits(uncollected),
    refunded: credits(refunded),
    quantities:
      quantities &&
      Object.fromEntries([...quantities].toSorted().map(([name, amount]) => [name, formatAmount(amount)])),
    ...(seesMoney && moneyView(measures)),
  };
}

function moneyView({ revenue, cost, promotionalCost, unknownCosts }: UsageSums['measures']): MoneyView {
  return {
    revenue: formatAmount(revenue),
    cost: formatAmount(cost),
    margin: formatAmount(revenue.minus(cost)),
    promotional_cost: formatAmount(promotionalCost),
    unknown_costs: unknownCosts,
  };
}

export function usageColumns(groups: readonly UsageGroup[], { seesMoney }: UsageViewer): Columns<UsageRowView> {
  return {
    bucket: ({ bucket }) => bucket,
    ...Object.fromEntries(groups.map((name) => [name, ({ group }: UsageRowView) => group[name] ?? null])),
    unit: ({ unit }) => unit,
    requests: ({ requests }) => requests,
    late: ({ late }) => late,
    unpriced: ({ unpriced }) => unpriced,
    paid: ({ credits }) => credits.paid,
    promotional: ({ credits }) => credits.promotional,
    included: ({ credits }) => credits.included,
    debt: ({ credits }) => credits.debt,
    uncollected: ({ uncollected }) => uncollected,
    refunded: ({ refunded }) => refunded,
    quantities: ({ quantities }) => quantities,
    ...(seesMoney && MONEY_COLUMNS),
  };
}

const MONEY_COLUMNS: Columns<UsageRowView> = {
  revenue: ({ revenue }) => revenue ?? null,
  cost: ({ cost }) => cost ?? null,
  margin: ({ margin }) => margin ?? null,
  promotional_cost: (view) => view.promotional_cost ?? null,
  unknown_costs: (view) => view.unknown_costs ?? null,
};
