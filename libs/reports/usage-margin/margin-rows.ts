import { type Amount, formatAmount } from '#amounts';
import { OTHER } from '../facts/tag-value.ts';
import { column, type Column, type ReportRow } from '../reports/report.ts';
import { addFigures, areNone, noFigures, type MutableFigures, type UsageFigures, type UsageSum } from './usage-sum.ts';
import { APART } from './usage-sums-statement.ts';

export interface MarginTerms {
  /** What the column is called that says what a row is for: `model`, `tag.team`. */
  readonly column: string;
  readonly hasDays: boolean;
  /** Of all money: an ISO 4217 code. */
  readonly currency: string;
  /** Money for a credit; `null`: it isn't set. */
  readonly pricePerCredit: Amount | null;
  /** How a value is shown. */
  readonly nameOf: (value: string) => string;
}

export interface MarginRows {
  readonly rows: readonly ReportRow[];
  readonly total: ReportRow;
}

/** So many values are shown by themselves. */
const VALUES_MAX = 1000;
const PERCENT_PLACES = 4;
const PLACES = 12;
/** A row of these has figures that nothing else has. */
const IS_APART: ReadonlySet<string> = new Set(APART);

interface Group {
  readonly day: string;
  readonly value: string;
  readonly unit: string;
  readonly figures: MutableFigures;
}

/**
 * What usage earned and cost, a row for each value and unit, and for each day if days are told apart: those with the most credits
 * first, in the order of days. Values beyond the first thousand are one row.
 */
export function marginRows(sums: readonly UsageSum[], terms: MarginTerms, valuesMax = VALUES_MAX): MarginRows {
  const places = placesOf(sums);
  const groups = new Map<string, Group>();
  const all = noFigures();
  for (const sum of sums) {
    const isShown = (places.get(nameOf(sum)) ?? 0) < valuesMax || IS_APART.has(sum.value);
    const value = isShown ? sum.value : OTHER;
    const name = JSON.stringify([sum.day, value, sum.unit]);
    const group = groups.get(name) ?? { day: sum.day, value, unit: sum.unit, figures: noFigures() };
    groups.set(name, group);
    for (const figures of [group.figures, all]) addFigures(figures, sum, sum.currency === terms.currency);
  }
  const shown = [...groups.values()].filter(({ figures }) => !areNone(figures)).sort(byDayAndCredits);
  const isOneUnit = new Set(shown.map(({ unit }) => unit)).size <= 1;
  return {
    rows: shown.map(({ day, value, unit, figures }) => ({
      ...(terms.hasDays && { day }),
      [terms.column]: value === OTHER || IS_APART.has(value) ? value : terms.nameOf(value),
      unit,
      ...figuresRow(figures, terms),
    })),
    total: figuresRow(all, terms, isOneUnit),
  };
}

/** The places of values by their credits over all days. */
function placesOf(sums: readonly UsageSum[]): ReadonlyMap<string, number> {
  const credits = new Map<string, Amount>();
  for (const sum of sums)
    credits.set(nameOf(sum), (credits.get(nameOf(sum)) ?? sum.credits.minus(sum.credits)).plus(sum.credits));
  const sorted = [...credits].sort(([a, ofA], [b, ofB]) => ofB.cmp(ofA) || (a < b ? -1 : 1));
  return new Map(sorted.map(([name], place) => [name, place]));
}

function nameOf({ value, unit }: UsageSum): string {
  return JSON.stringify([value, unit]);
}

function byDayAndCredits(a: Group, b: Group): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  return b.figures.credits.cmp(a.figures.credits) || (a.value < b.value ? -1 : 1);
}

const NO_MARGIN = { revenue: null, margin: null, margin_percent: null, promotional_cost: null };
const NO_SOURCES = { paid: null, promotional: null, included: null, debt: null, uncollected: null, refunded: null };
const NO_COUNTS = { requests: null, late: null, unpriced: null, unknown_costs: null };

function figuresRow(
  figures: UsageFigures,
  { column: group, pricePerCredit }: MarginTerms,
  isOneUnit = true,
): ReportRow {
  const credits = (amount: Amount): string | null => (isOneUnit ? formatAmount(amount) : null);
  const listPrice = isOneUnit && pricePerCredit ? figures.credits.times(pricePerCredit).toDecimalPlaces(PLACES) : null;
  const row = rowOf(figures, credits, listPrice);
  // What a request is charged can't be told apart by its quantities, only what each was priced at.
  return group === TOKEN_TYPE ? { ...row, ...NO_COUNTS, ...NO_SOURCES, ...NO_MARGIN } : { ...row, quantity: null };
}

function rowOf(figures: UsageFigures, credits: (amount: Amount) => string | null, listPrice: Amount | null): ReportRow {
  const { revenue, cost } = figures;
  const margin = revenue.minus(cost);
  const percent = revenue.isZero() ? null : margin.div(revenue).times(100).toDecimalPlaces(PERCENT_PLACES);
  return {
    requests: figures.requests,
    quantity: formatAmount(figures.quantity),
    credits: credits(figures.credits),
    paid: credits(figures.paid),
    promotional: credits(figures.promotional),
    included: credits(figures.included),
    debt: credits(figures.debt),
    list_price: listPrice && formatAmount(listPrice),
    revenue: formatAmount(revenue),
    cost: formatAmount(cost),
    promotional_cost: formatAmount(figures.promotionalCost),
    margin: formatAmount(margin),
    margin_percent: percent && formatAmount(percent),
    uncollected: credits(figures.uncollected),
    refunded: credits(figures.refunded),
    late: figures.late,
    unpriced: figures.unpriced,
    unknown_costs: figures.unknownCosts,
  };
}

export const TOKEN_TYPE = 'token_type';

const FIGURES: readonly Column[] = [
  column('requests', 'count', 'Authorizations that were committed or charged, in the row of their first usage.'),
  column('quantity', 'credits', 'By token type: how much was used of it.'),
  column('credits', 'credits', 'What was used, less refunds. By token type: what it was priced at.'),
  column('paid', 'credits', 'Of these, paid credits.'),
  column('promotional', 'credits', 'Promotional credits.'),
  column('included', 'credits', 'Credits that are included in a plan.'),
  column('debt', 'credits', 'Used on credit.'),
  column('list_price', 'money', 'The credits by `price_per_credit` of the settings; nothing where that isn’t set.'),
  column('revenue', 'money', 'What the paid credits were bought for.'),
  column('cost', 'money', 'What vendors charge, as far as that is known.'),
  column('promotional_cost', 'money', 'The part of the cost that promotional credits paid for.'),
  column('margin', 'money', '`revenue` − `cost`.'),
  column('margin_percent', 'percent', 'The margin as percent of the revenue, to 4 decimals; nothing without revenue.'),
  column('uncollected', 'credits', 'What was used and covered by neither credits nor debt.'),
  column('refunded', 'credits', 'What was refunded. It is in `credits` already.'),
  column('late', 'count', 'Authorizations that were committed after their hold had expired.'),
  column('unpriced', 'count', 'Usages that no price was found for.'),
  column('unknown_costs', 'count', 'Usages whose cost isn’t known.'),
];

export function marginColumns({ column: group, hasDays }: Pick<MarginTerms, 'column' | 'hasDays'>): readonly Column[] {
  return [
    ...(hasDays ? [column('day', 'text', 'The day.')] : []),
    column(group, 'text', 'What the row is for.'),
    column('unit', 'text', 'The unit of the credits.'),
    ...FIGURES,
  ];
}
