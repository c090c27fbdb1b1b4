import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Json, formatAmount } from '#amounts';
import { readPrices } from '../parse-prices.ts';
import type { Usage } from '../usage.ts';
import { type CostCard, costOfUsages } from './cost-of-usages.ts';
import { VendorCosts } from './vendor-costs.ts';

const AT = Date.parse('2026-08-01T12:00:00Z');

let vendors: VendorCosts;
beforeAll(async () => {
  vendors = await VendorCosts.load();
});

/** Amounts for a million tokens, and for each search. */
function cardOf(amounts: Record<string, string>, currency = 'USD', match: Record<string, Json> = {}): CostCard {
  const components = Object.entries(amounts).map(([quantity, amount]) => {
    return { quantity, amount, ...(quantity.endsWith('_tokens') && { per: '1000000' }) };
  });
  return { prices: readPrices([{ event: 'chat.completed', match, components }]), currency };
}

function costOf(card: CostCard | null, ...usages: Record<string, Json>[]): string | null {
  const cost = costOfUsages(
    vendors,
    card,
    usages.map((usage): Usage => ({ event: 'chat.completed', ...usage })),
    AT,
  );
  return cost && `${formatAmount(cost.amount)} ${cost.currency}`;
}

/** Answers that say what they cost, with the prices that give it, and what the published lists make of them. */
const STATED: readonly {
  readonly model: string;
  readonly provider: string;
  readonly usage: Record<string, number>;
  readonly prices: Record<string, string>;
  readonly cost: string;
  /** Where the lists say otherwise. */
  readonly byLists?: string | null;
}[] = [
  {
    model: 'openai/gpt-oss-120b',
    provider: 'openrouter',
    usage: { input_tokens: 74, output_tokens: 21, reasoning_tokens: 2 },
    prices: { input_tokens: '0.03', output_tokens: '0.15' },
    cost: '0.00000537 USD',
    // The router chose a host that is cheaper than the one that is listed.
    byLists: '0.000006666 USD',
  },
  {
    model: 'openai/gpt-4o-mini',
    provider: 'openrouter',
    usage: { input_tokens: 14, output_tokens: 7 },
    prices: { input_tokens: '0.15', output_tokens: '0.60' },
    cost: '0.0000063 USD',
  },
  {
    model: 'anthropic/claude-4.6-sonnet-20260217',
    provider: 'openrouter',
    usage: { input_tokens: 2649, cache_read_tokens: 2569, cache_write_tokens: 79, output_tokens: 100 },
    prices: { input_tokens: '3', cache_read_tokens: '0.30', cache_write_tokens: '3.75', output_tokens: '15' },
    cost: '0.00256995 USD',
  },
  {
    model: 'openai/gpt-4.1-mini',
    provider: 'openrouter',
    usage: { input_tokens: 8174, output_tokens: 30, web_searches: 1 },
    prices: { input_tokens: '0.40', output_tokens: '1.60', web_searches: '0.01' },
    cost: '0.0133176 USD',
    // The list has no price for the router's searches.
    byLists: '0.0033176 USD',
  },
  {
    model: 'google/gemini-3.1-flash-image',
    provider: 'openrouter',
    usage: { input_tokens: 20, output_tokens: 1120, output_image_tokens: 1120 },
    prices: { input_tokens: '0.50', output_tokens: '3', output_image_tokens: '60' },
    cost: '0.06721 USD',
    // Only its preview is listed.
    byLists: null,
  },
  {
    model: 'openai/gpt-5.6-sol',
    provider: 'openrouter',
    usage: { input_tokens: 4020, cache_write_tokens: 4012, output_tokens: 5 },
    prices: { input_tokens: '5', cache_write_tokens: '6.25', output_tokens: '30' },
    cost: '0.025265 USD',
    // The list has its price since it was cut.
    byLists: '0.010096 USD',
  },
  {
    model: 'x-ai/grok-4',
    provider: 'openrouter',
    usage: { input_tokens: 687, cache_read_tokens: 679, output_tokens: 187, reasoning_tokens: 118 },
    prices: { input_tokens: '3', cache_read_tokens: '0.75', output_tokens: '15' },
    cost: '0.00333825 USD',
    // It isn't listed any more.
    byLists: null,
  },
  {
    model: 'grok-3-mini',
    provider: 'xai',
    usage: { input_tokens: 12, cache_read_tokens: 11, output_tokens: 291, reasoning_tokens: 290 },
    prices: { input_tokens: '0.30', cache_read_tokens: '0.075', output_tokens: '0.50' },
    cost: '0.000146625 USD',
  },
  {
    model: 'gpt-5-2025-08-07',
    provider: 'openai',
    usage: { input_tokens: 57, output_tokens: 424, reasoning_tokens: 384 },
    prices: { input_tokens: '1.25', output_tokens: '10' },
    cost: '0.00431125 USD',
  },
  {
    model: 'gpt-4o',
    provider: 'openai',
    usage: { input_tokens: 10, output_tokens: 20 },
    prices: { input_tokens: '2.50', output_tokens: '10' },
    // Whose gateway sums floats: 0.00022500000000000002.
    cost: '0.000225 USD',
  },
];

describe('what answers say that they cost', () => {
  it.each(STATED)('$model: to the last digit, by a cost card', ({ usage, prices, cost, model, provider }) => {
    expect(costOf(cardOf(prices), { model, provider, ...usage })).toBe(cost);
  });

  it.each(STATED)('$model: by the published lists', ({ usage, cost, model, provider, byLists = cost }) => {
    expect(costOf(null, { model, provider, ...usage })).toBe(byLists);
  });
});

describe('the cost of usages', () => {
  const opus = { model: 'claude-opus-4-8', output_tokens: 1000 };
  const ours = { model: 'our-llama', output_tokens: 1000 };

  it('is by the cost card where it has a price, else by the published lists', () => {
    const card = cardOf({ output_tokens: '2' }, 'USD', { model: 'our-llama' });
    expect(costOf(card, ours)).toBe('0.002 USD');
    expect(costOf(card, opus)).toBe('0.025 USD');
    expect(costOf(card, ours, opus, opus)).toBe('0.052 USD');
  });

  it('is unknown where that of any of them is, or where they have no one currency', () => {
    expect(costOf(null, opus, ours)).toBeNull();
    expect(costOf(null)).toBeNull();
    const euros = cardOf({ output_tokens: '2' }, 'EUR', { model: 'our-llama' });
    expect(costOf(euros, ours)).toBe('0.002 EUR');
    expect(costOf(euros, ours, opus)).toBeNull();
  });
});
