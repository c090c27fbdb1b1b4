import { Amount, formatAmount, type Json, ZERO } from '#amounts';
import { priceUsages, readPrices, type PricingTerms, type Usage } from '#pricing';
import { describe, expect, it } from '@jest/globals';
import { BatchPicker, changeUsage, type Assumptions } from './assumptions.ts';
import { CountedSoFar } from './counted-so-far.ts';
import { inForce, priceAgain, type PastUsage } from './price-again.ts';
import { WhatIfTally } from './what-if-tally.ts';

const AT = Date.parse('2026-03-05T12:00:00Z');
const NOTHING: Assumptions = { routes: new Map(), cached: null, batched: null };

function termsOf(...components: Record<string, Json>[]): PricingTerms {
  return { prices: readPrices([{ event: 'chat', components }]), overrides: null, discount: ZERO };
}

function usageOf(fields: Record<string, Json> = {}): Usage {
  return { event: 'chat', ...fields };
}

function past(usage: Usage, statementId = 'a', kind: PastUsage['kind'] = 'charge'): PastUsage {
  return { statementId, kind, usage, amount: new Amount(1) };
}

function amountsOf(terms: PricingTerms, usages: readonly PastUsage[], counted = new CountedSoFar()): (string | null)[] {
  const counters = {
    positions: counted.positionsOf('1', 'UTC', AT),
    count: (counts: Parameters<CountedSoFar['add']>[3]) => counted.add('1', 'UTC', AT, counts),
  };
  const priced = priceAgain(terms, { usages, tags: {}, at: AT }, NOTHING, false, counters);
  return priced.map(({ amount }) => amount && formatAmount(amount));
}

const PER_TOKEN = { quantity: 'output_tokens', per: '1000', amount: '2' };

describe('usage that is priced again', () => {
  it('costs what all its steps cost together', () => {
    const tiers = [{ up_to: 1000, amount: '1' }, { amount: '3' }];
    const terms = termsOf({ quantity: 'output_tokens', pricing: 'graduated', per: '1000', tiers });
    const steps = [
      past(usageOf({ output_tokens: 600 }), 'a', 'partial_commit'),
      past(usageOf({ output_tokens: 600 }), 'b', 'partial_commit'),
      past(usageOf({ output_tokens: 800 }), 'c', 'commit'),
    ];
    expect(amountsOf(terms, steps)).toEqual(['0.6', '1', '2.4']);
    const whole = { usages: [usageOf({ output_tokens: 2000 })], tags: {}, at: AT };
    const positions = { used: () => ZERO, reserved: () => ZERO };
    expect(priceUsages(terms, whole, positions)).toMatchObject({ ok: true, priced: { amount: new Amount(4) } });
  });

  it('is what the last adjustment stated', () => {
    const usages = [
      past(usageOf({ output_tokens: 1000 })),
      past(usageOf({ output_tokens: 5000 }), 'b', 'adjustment'),
      past(usageOf({ output_tokens: 500 }), 'c', 'adjustment'),
      past(usageOf({ output_tokens: 250 }), 'c', 'adjustment'),
    ];
    expect(inForce(usages)).toEqual(usages.slice(2));
    expect(amountsOf(termsOf(PER_TOKEN), usages)).toEqual(['1', '0.5']);
  });

  it('goes on through the tiers of a counted quantity, from zero on in each period', () => {
    const terms = termsOf({ ...PER_TOKEN, included: 1500, counted: 'month' });
    const counted = new CountedSoFar();
    const use = [past(usageOf({ output_tokens: 1000 }))];
    expect(amountsOf(terms, use, counted)).toEqual(['0']);
    expect(amountsOf(terms, use, counted)).toEqual(['1']);
    expect(amountsOf(terms, use, counted)).toEqual(['2']);
    const counter = terms.prices.prices[0]?.components[0]?.counter;
    const april = Date.parse('2026-04-01T00:00:00Z');
    expect(counter && counted.positionsOf('1', 'UTC', april).used(counter)).toEqual(ZERO);
    expect(counter && counted.positionsOf('2', 'UTC', AT).used(counter)).toEqual(ZERO);
  });

  it('is told from usage that nothing has a price for', () => {
    const usages = [past(usageOf({ output_tokens: 1000 })), past({ event: 'image', images: 1 })];
    expect(amountsOf(termsOf(PER_TOKEN), usages)).toEqual(['2', null]);
  });
});

describe('usage as it would have been', () => {
  const big = usageOf({ model: 'big', provider: 'acme', input_tokens: 1001, cache_write_tokens: 200 });

  it('goes to another model, by the most exact name', () => {
    const routes = new Map([
      ['big', { model: 'small', provider: null }],
      ['chat/big', { model: 'tiny', provider: 'them' }],
      ['other/*', { model: 'any', provider: null }],
    ]);
    const changed = (usage: Usage): Usage => changeUsage({ ...NOTHING, routes }, usage, false);
    expect(changed(big)).toEqual({ ...big, model: 'tiny', provider: 'them' });
    expect(changed({ event: 'image', model: 'big', provider: 'acme' })).toEqual({ event: 'image', model: 'small' });
    expect(changed({ event: 'other' })).toEqual({ event: 'other', model: 'any' });
    expect(changed(usageOf({ model: 'own', provider: 'acme' }))).toEqual(usageOf({ model: 'own', provider: 'acme' }));
  });

  it('reads a part of its input from a cache, in whole tokens and beside what it writes there', () => {
    const cached = (part: string, usage: Usage): unknown =>
      changeUsage({ ...NOTHING, cached: new Amount(part) }, usage, false)['cache_read_tokens'];
    expect(cached('0.5', big)).toBe('500');
    expect(cached('1', big)).toBe('801');
    expect(cached('0.5', { ...big, cache_read_tokens: 700 })).toBe(700);
    expect(cached('0.5', usageOf({ output_tokens: 5 }))).toBeUndefined();
  });

  it('is in a batch for every so many requests of a model, and stays in one that it was in', () => {
    const picker = new BatchPicker(new Amount('0.25'));
    const picks = Array.from({ length: 8 }, () => picker.picks([big]));
    expect(picks).toEqual([false, false, false, true, false, false, false, true]);
    expect(picker.picks([usageOf({ properties: { batch: true } })])).toBe(false);
    expect(changeUsage(NOTHING, usageOf({ properties: { speed: 'fast' } }), true).properties).toEqual({
      speed: 'fast',
      batch: true,
    });
  });
});

describe('the sums of a what-if', () => {
  it('compare what has a price both times, and count the rest', () => {
    const tally = new WhatIfTally();
    const one = (amount: Amount | null, after: Amount | null) => ({
      past: { ...past(usageOf({ model: 'big' })), amount },
      route: { model: 'small', provider: null },
      amount: after,
    });
    tally.add('credits', 'chat', [
      one(new Amount(4), new Amount(1)),
      one(new Amount(2), null),
      one(null, new Amount(9)),
    ]);
    const figures = {
      requests: 1,
      before: new Amount(4),
      after: new Amount(1),
      unpriced: 2,
      unpricedBefore: new Amount(2),
    };
    expect(tally.rows()).toEqual([{ unit: 'credits', model: 'big', routedTo: 'small', feature: 'chat', ...figures }]);
    expect(tally.totals().get('credits')).toEqual(figures);
  });

  it('have a row for features beyond those that are kept apart', () => {
    const tally = new WhatIfTally(2);
    const usage = [{ past: past(usageOf()), route: null, amount: new Amount(1) }];
    for (const feature of ['a', 'b', 'c', 'd']) tally.add('credits', feature, usage);
    expect(tally.rows().map(({ feature, requests }) => [feature, requests])).toEqual([
      ['(other)', 2],
      ['a', 1],
      ['b', 1],
    ]);
  });
});
