import { type Amount, formatAmount } from '#amounts';
import { column, type Column, type Report, type ReportRow } from '../reports/report.ts';
import type { WhatIfResult } from './what-if.ts';
import type { WhatIfFigures } from './what-if-tally.ts';

const WHAT_IF_COLUMNS: readonly Column[] = [
  column('model', 'text', 'The model that was used; `(none)`: none was named.'),
  column('routed_to', 'text', 'The model that it would have been; nothing where that is the same.'),
  column('feature', 'text', 'The value of the tag `feature`; `(none)`: none.'),
  column('unit', 'text', 'The unit of the credits.'),
  column('requests', 'count', 'Requests. One of several models counts in the rows of each.'),
  column('before', 'credits', 'What the usage was priced at that has a price both times.'),
  column('after', 'credits', 'What it would have been priced at.'),
  column('difference', 'credits', '`after` − `before`.'),
  column('before_money', 'money', '`before` by `price_per_credit` of the settings; nothing where that isn’t set.'),
  column('after_money', 'money', '`after` likewise.'),
  column('difference_money', 'money', '`difference` likewise.'),
  column('unpriced', 'count', 'Usages that have no price one of both times. They aren’t compared.'),
  column('unpriced_before', 'credits', 'What those were priced at before.'),
];

const PLACES = 12;

/** @param pricePerCredit money for a credit; `null`: it isn't set */
export function whatIfReport({ asOf, rows, totals }: WhatIfResult, pricePerCredit: Amount | null): Report {
  const figuresOf = (figures: WhatIfFigures): ReportRow => figuresRow(figures, pricePerCredit);
  return {
    columns: WHAT_IF_COLUMNS,
    rows: rows.map(({ model, routedTo, feature, unit, ...figures }) => ({
      ...{ model, routed_to: routedTo, feature, unit },
      ...figuresOf(figures),
    })),
    total: () => {
      const [only, ...others] = totals;
      if (!only || others.length > 0) return null;
      const [unit, figures] = only;
      return { unit, ...figuresOf(figures) };
    },
    asOf,
  };
}

function figuresRow(
  { requests, before, after, unpriced, unpricedBefore }: WhatIfFigures,
  price: Amount | null,
): ReportRow {
  const difference = after.minus(before);
  const money = (credits: Amount): string | null => price && formatAmount(credits.times(price).toDecimalPlaces(PLACES));
  return {
    requests,
    before: formatAmount(before),
    after: formatAmount(after),
    difference: formatAmount(difference),
    before_money: money(before),
    after_money: money(after),
    difference_money: money(difference),
    unpriced,
    unpriced_before: formatAmount(unpricedBefore),
  };
}
