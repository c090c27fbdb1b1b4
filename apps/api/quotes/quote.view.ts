import { formatAmount } from '#amounts';
import { publicId } from '#ledger';
import type { PricedUsages } from '#pricing';
import { lineView } from '../rate-cards/line.view.ts';

/** What usage would cost by a version of a rate card. */
export interface Quote {
  readonly priced: PricedUsages;
  readonly unit: string;
  readonly rateCard: string;
  readonly version: number;
}

export function quoteView({ priced, unit, rateCard, version }: Quote) {
  return {
    total: formatAmount(priced.amount),
    unit,
    price: { rate_card: publicId('rateCard', rateCard), version },
    amounts: priced.usages.map(({ amount }) => formatAmount(amount)),
    lines: priced.usages.flatMap(({ lines }) => lines.map(lineView)),
  };
}
