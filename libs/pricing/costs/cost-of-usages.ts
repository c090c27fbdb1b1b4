import { type Amount, ZERO } from '#amounts';
import type { PriceList } from '../price-list.ts';
import { priceUsages } from '../price-usages.ts';
import type { Positions } from '../pricing.ts';
import type { Usage } from '../usage.ts';
import type { VendorCosts } from './vendor-costs.ts';

/** What something costs its operator. */
export interface Cost {
  readonly amount: Amount;
  /** An ISO 4217 code. */
  readonly currency: string;
}

/** The operator's own word on what vendors charge: contracts, own machines. */
export interface CostCard {
  readonly prices: PriceList;
  readonly currency: string;
}

/**
 * What usages cost their operator at an instant: by the operator's cost card where it has a price for one, else by the published
 * price lists. `null` where the cost of any of them is unknown, or where they are in several currencies.
 */
export function costOfUsages(
  vendors: VendorCosts,
  card: CostCard | null,
  usages: readonly Usage[],
  at: number,
): Cost | null {
  const costs = usages.map((usage) => costOfUsage(vendors, card, usage, at));
  const currency = costs[0]?.currency;
  let amount = ZERO;
  for (const cost of costs) {
    if (cost === null || cost.currency !== currency) return null;
    amount = amount.plus(cost.amount);
  }
  return currency === undefined ? null : { amount, currency };
}

function costOfUsage(vendors: VendorCosts, card: CostCard | null, usage: Usage, at: number): Cost | null {
  const own = card && costByCard(card, usage, at);
  if (own) return own;
  const amount = vendors.costOf(usage, at);
  return amount && { amount, currency: 'USD' };
}

function costByCard({ prices, currency }: CostCard, usage: Usage, at: number): Cost | null {
  const terms = { prices, overrides: null, discount: ZERO };
  const pricing = priceUsages(terms, { usages: [usage], tags: {}, at }, NOTHING_COUNTED);
  return pricing.ok ? { amount: pricing.priced.amount, currency } : null;
}

/** What a cost card counts, it counts for a request alone: no counter is kept of it. */
const NOTHING_COUNTED: Positions = { used: () => ZERO, reserved: () => ZERO };
