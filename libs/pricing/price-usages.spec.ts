import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, formatAmount, type Json } from '#amounts';
import { priceUsages } from './price-usages.ts';
import {
  costOf,
  priced,
  requestOf,
  shownLine,
  standing,
  TestCounters,
  termsOf,
  UNUSED,
} from './testing/price-fixture.ts';
import { randomComponent } from './testing/random-cards.ts';

const used = (quantities: Record<string, number | string>) => ({ event: 'used', ...quantities });
const card = (...components: Json[]): { prices: Json } => ({ prices: [{ event: 'used', components }] });

/** Quantity, count and amount of every line. */
function linesOf(terms: { prices: Json }, quantities: Record<string, number | string>): (string | null)[][] {
  const lines = priced(terms, used(quantities)).usages.flatMap((usage) => usage.lines);
  return lines.map(({ quantity, count, amount }) => [quantity, formatAmount(count), formatAmount(amount)]);
}

describe('parts of a whole', () => {
  const all = card(
    { quantity: 'output_tokens', amount: '10' },
    { quantity: 'reasoning_tokens', amount: '20' },
    { quantity: 'input_audio_tokens', amount: '5' },
    { quantity: 'cache_write_1h_tokens', amount: '4' },
    { quantity: 'cache_write_tokens', amount: '3' },
    { quantity: 'cache_read_tokens', amount: '1' },
    { quantity: 'input_tokens', amount: '2' },
  );

  it('are priced apart, and taken off the whole', () => {
    const parts = { cache_read_tokens: 30, cache_write_tokens: 20, cache_write_1h_tokens: 10, input_audio_tokens: 5 };
    expect(linesOf(all, { input_tokens: 100, ...parts, output_tokens: 8, reasoning_tokens: 3 })).toEqual([
      ['output_tokens', '5', '50'],
      ['reasoning_tokens', '3', '60'],
      ['input_audio_tokens', '5', '25'],
      ['cache_write_1h_tokens', '10', '40'],
      ['cache_write_tokens', '20', '60'],
      ['cache_read_tokens', '30', '30'],
      ['input_tokens', '35', '70'],
    ]);
  });

  it('are priced as the whole where they have no price', () => {
    const plain = card({ quantity: 'input_tokens', amount: '2' });
    expect(linesOf(plain, { input_tokens: 100, cache_read_tokens: 80 })).toEqual([['input_tokens', '100', '200']]);
  });

  it('never charge a token twice: cache first, then kinds of input', () => {
    expect(linesOf(all, { input_tokens: 10, cache_read_tokens: 8, input_audio_tokens: 6 })).toEqual([
      ['input_audio_tokens', '2', '10'],
      ['cache_read_tokens', '8', '8'],
    ]);
  });

  it('may have prices where the whole has none', () => {
    const cached = card({ quantity: 'cache_read_tokens', amount: '1' });
    expect(linesOf(cached, { input_tokens: 10, cache_read_tokens: 8 })).toEqual([['cache_read_tokens', '8', '8']]);
  });
});

describe('a line', () => {
  it('says what was counted, at which rate, and what it costs', () => {
    const terms = {
      prices: [
        {
          event: 'chat.completed',
          match: { model: 'gpt-5*' },
          components: [{ quantity: 'output_tokens', amount: '15', per: '1000000' }],
        },
      ],
    };
    const usage = { event: 'chat.completed', model: 'gpt-5-mini', output_tokens: 1000 };
    expect(priced(terms, usage).usages.flatMap(({ lines }) => lines.map(shownLine))).toEqual([
      {
        event: 'chat.completed',
        model: 'gpt-5-mini',
        component: 0,
        quantity: 'output_tokens',
        count: '1000',
        rate: '15',
        amount: '0.015',
      },
    ]);
  });

  it.each([
    ['the amount of the tier that took all', 'graduated', 'month', 12, 3, '5'],
    ['none where several tiers took part', 'graduated', 'month', 8, 4, null],
    ['the tier that the quantity picks', 'volume', 'request', 0, 12, '5'],
    ['the last tier', 'graduated', 'request', 0, 10, '10'],
  ])('has as rate %s', (_, pricing, counted, before, units, rate) => {
    const tiers = [{ up_to: 10, amount: '10' }, { amount: '5' }];
    const terms = card({ quantity: 'units', pricing, counted, tiers });
    const { usages } = priced(terms, used({ units }), { positions: standing(before) });
    expect(usages[0]?.lines.map((line) => line.rate && formatAmount(line.rate))).toEqual([rate]);
  });

  it('costs no more than can be stored, whatever a request claims to have used', () => {
    const terms = card({ quantity: 'units', amount: '9'.repeat(26), per: '0.000000000001', counted: 'total' });
    const usages = Array.from({ length: 100 }, () => used({ units: '9'.repeat(26) }));
    const { amount, counts } = priced(terms, usages);
    expect([amount, counts[0]?.count].map((sum) => sum && formatAmount(sum))).toEqual([
      `1${'0'.repeat(24)}`,
      `1${'0'.repeat(18)}`,
    ]);
  });

  it('is rounded half-even, once', () => {
    const half = card({ quantity: 'units', amount: '0.000000000001', per: 2 });
    expect([1, 2, 3, 4, 5].map((units) => costOf(half, used({ units })))).toEqual([
      '0',
      '0.000000000001',
      '0.000000000002',
      '0.000000000002',
      '0.000000000002',
    ]);
    const third = card({ quantity: 'units', amount: '1', per: 3 });
    expect([1, 2, 3].map((units) => costOf(third, used({ units })))).toEqual(['0.333333333333', '0.666666666667', '1']);
  });
});

describe('the order of things', () => {
  const component = { quantity: 'units', amount: '10', included: 5, minimum: '30' };
  const prices = [{ event: 'used', components: [component], multipliers: [{ match: { rush: true }, by: '2' }] }];
  const rush = (units: number) => ({ ...used({ units }), properties: { rush: true } });

  it.each([
    [5, '0', 'nothing beyond what is included'],
    [6, '24', 'the minimum, less the discount'],
    [7, '32', '2 units, doubled, less the discount'],
  ])('%i units cost %s: %s', (units, cost) => {
    expect(costOf({ prices, discount: '0.2' }, rush(units))).toBe(cost);
  });

  it('applies every multiplier that matches', () => {
    const multipliers = [
      { match: { batch: true }, by: '0.5' },
      { match: { time: '22:00-06:00 UTC' }, by: '0.8' },
      { match: { time: '22:00-06:00 UTC', plan: 'pro' }, by: '0.9' },
    ];
    const terms = { prices: [{ event: 'used', components: [{ quantity: 'units', amount: '10' }], multipliers }] };
    const usage = { ...used({ units: 1 }), properties: { batch: true } };
    const night = '2026-03-01T23:00:00Z';
    expect(costOf(terms, usage)).toBe('5');
    expect(costOf(terms, usage, { at: night })).toBe('4');
    expect(costOf(terms, usage, { at: night, tags: { plan: 'pro' } })).toBe('3.6');
  });

  it('lets an override beat any price of the card', () => {
    const override = [{ event: 'used', components: [{ quantity: 'units', amount: '1' }] }];
    const exact = [{ event: 'used', match: { model: 'a' }, components: [{ quantity: 'units', amount: '9' }] }];
    const usage = { ...used({ units: 1 }), model: 'a' };
    expect(costOf({ prices: exact }, usage)).toBe('9');
    expect(costOf({ prices: exact, overrides: override, discount: '0.5' }, usage)).toBe('0.5');
  });

  it('picks the rate by all input of the request, cached too', () => {
    const aboveContext = [
      { input_tokens: 100, amount: '2' },
      { input_tokens: 200, amount: '3' },
    ];
    const terms = card({ quantity: 'output_tokens', amount: '1', above_context: aboveContext });
    const costs = [0, 100, 101, 200, 201].map((tokens) =>
      costOf(terms, used({ input_tokens: tokens, output_tokens: 1 })),
    );
    expect(costs).toEqual(['1', '1', '2', '2', '3']);
  });
});

describe('requests', () => {
  const terms = card({ quantity: 'requests', amount: '2' }, { quantity: 'fee', pricing: 'flat', amount: '7' });

  it('are one for each usage that does not say how many', () => {
    expect(costOf(terms, [used({}), used({}), used({ requests: 3 })])).toBe('10');
    expect(costOf(terms, used({ requests: 0 }))).toBe('0');
  });

  it('charge a flat amount once, for any quantity', () => {
    expect(costOf(terms, used({ fee: 5, requests: 0 }))).toBe('7');
    expect(costOf(terms, used({ fee: 0, requests: 0 }))).toBe('0');
  });
});

describe('what has no price', () => {
  const terms = card({ quantity: 'images', amount: '2' });
  const pricing = (...usages: Parameters<typeof requestOf>[0][]) =>
    priceUsages(termsOf(terms), requestOf(usages.flat()), UNUSED);

  it('is named, and the rest priced', () => {
    const found = pricing(used({ images: 1 }), { event: 'other', images: 1 }, used({ pages: 3 }), used({ images: 2 }));
    expect(found.ok ? null : [found.unpriced, formatAmount(found.rest.amount), found.rest.usages.length]).toEqual([
      [1, 2],
      '6',
      4,
    ]);
  });

  it('is not usage of nothing', () => {
    expect(pricing(used({ images: 0 }), used({ pages: '0' })).ok).toBe(true);
  });

  it('is usage that states no quantity: nobody knows what was used', () => {
    expect(pricing(used({ images: 1 }), used({}))).toMatchObject({ ok: false, unpriced: [1] });
    const byRequest = card({ quantity: 'images', amount: '2' }, { quantity: 'requests', amount: '3' });
    expect(costOf(byRequest, used({}))).toBe('3');
  });
});

describe('a quantity counted over a period', () => {
  it('goes on from where its counter stands, from usage to usage', () => {
    const terms = card({ quantity: 'units', amount: '1', included: 10, counted: 'month' });
    const { usages, counts } = priced(terms, [used({ units: 4 }), used({ units: 4 })], { positions: standing(5) });
    expect(usages.map(({ amount }) => formatAmount(amount))).toEqual(['0', '3']);
    expect(counts.map(({ counter, count }) => [counter.period, formatAmount(count)])).toEqual([['month', '8']]);
  });

  it('charges a package when it is begun, and a flat amount once', () => {
    const packages = card({ quantity: 'units', pricing: 'package', per: 10, amount: '100', counted: 'month' });
    const flat = card({ quantity: 'units', pricing: 'flat', amount: '100', counted: 'month' });
    for (const [terms, costs] of [
      [packages, ['100', '0', '100', '0']],
      [flat, ['100', '0', '0', '0']],
    ] as const) {
      const counters = new TestCounters();
      const found = [8, 2, 1, 0].map((units) => {
        const part = priced(terms, used({ units }), { positions: counters });
        counters.count(part);
        return formatAmount(part.amount);
      });
      expect(found).toEqual(costs);
    }
  });

  it('costs the same one by one as at once, whatever its tiers', () => {
    const components = randomComponent('units', {
      counted: ['month'],
      pricing: ['per_unit', 'graduated', 'package', 'flat'],
    });
    fc.assert(
      fc.property(components, fc.array(fc.nat(12), { maxLength: 8 }), (component, parts) => {
        // Amounts that don't end with the last place are rounded in every part.
        const terms = card({ ...component, per: component['pricing'] === 'flat' ? null : '1', above_context: null });
        const counters = new TestCounters();
        let total = new Amount(0);
        for (const units of parts) {
          const part = priced(terms, used({ units }), { positions: counters });
          counters.count(part);
          total = total.plus(part.amount);
        }
        const units = parts.reduce((sum, part) => sum + part, 0);
        expect(formatAmount(total)).toBe(costOf(terms, used({ units })));
      }),
      { numRuns: 1000 },
    );
  });
});
