import { describe, expect, it } from '@jest/globals';
import { formatAmount } from '#amounts';
import { costOf, holdFor, priced, TestCounters } from './testing/price-fixture.ts';

const used = (quantities: Record<string, number | string>) => ({ event: 'used', ...quantities });

describe('the worked figures', () => {
  it('600 in at 0.03 per 1 000 and 150 out at 0.06 per 1 000 cost 0.027', () => {
    const prices = [
      {
        event: 'used',
        components: [
          { quantity: 'input_tokens', amount: '0.03', per: '1000' },
          { quantity: 'output_tokens', amount: '0.06', per: '1000' },
        ],
      },
    ];
    expect(costOf({ prices }, used({ input_tokens: 600, output_tokens: 150 }))).toBe('0.027');
    expect(holdFor({ prices }, used({ input_tokens: 600, output_tokens: 150 }))).toBe('0.027');
    expect(holdFor({ prices }, used({ input_tokens: 600 }), { maxOutputTokens: 150 })).toBe('0.027');
  });

  it.each([
    ['10', '20', '0.2'],
    ['5', '15', '0.125'],
  ])('10 000 in and 5 000 out at %s and %s per million cost %s', (input, output, cost) => {
    const prices = [
      {
        event: 'used',
        components: [
          { quantity: 'input_tokens', amount: input, per: 1000000 },
          { quantity: 'output_tokens', amount: output, per: '1000000' },
        ],
      },
    ];
    expect(costOf({ prices }, used({ input_tokens: 10_000, output_tokens: 5_000 }))).toBe(cost);
  });

  it.each([
    [1, '12'],
    [10, '102'],
    [11, '110'],
    [12, '115'],
    [21, '163'],
  ])('graduated: %i units cost %s', (units, cost) => {
    const tiers = [
      { up_to: 10, amount: '10', flat: '2' },
      { up_to: 20, amount: '5', flat: '3' },
      { amount: '5', flat: '3' },
    ];
    const prices = [{ event: 'used', components: [{ quantity: 'units', pricing: 'graduated', tiers }] }];
    expect(costOf({ prices }, used({ units }))).toBe(cost);
    expect(holdFor({ prices }, used({ units }))).toBe(cost);
  });

  it.each([
    [1, '12', '12'],
    [100, '210', '210'],
    [101, '101', '210'],
    [200, '200', '210'],
    [300, '200', '210'],
    [400, '250', '250'],
  ])('volume: %i units cost %s, and are held with %s', (units, cost, held) => {
    const tiers = [
      { up_to: 100, amount: '2', flat: '10' },
      { up_to: 200, amount: '1' },
      { amount: '0.5', flat: '50' },
    ];
    const prices = [{ event: 'used', components: [{ quantity: 'units', pricing: 'volume', tiers }] }];
    expect(costOf({ prices }, used({ units }))).toBe(cost);
    expect(holdFor({ prices }, used({ units }))).toBe(held);
  });

  it('packages that are filled to the last unit cost no package more, whatever their size', () => {
    for (let per = 1; per <= 7200; per += per < 100 ? 1 : 100) {
      const prices = [{ event: 'used', components: [{ quantity: 'units', pricing: 'package', per, amount: '100' }] }];
      for (const packages of [1, 3, 7, 9]) {
        expect(costOf({ prices }, used({ units: packages * per }))).toBe(String(packages * 100));
        expect(costOf({ prices }, used({ units: packages * per + 1 }))).toBe(String(packages * 100 + 100));
      }
    }
  });

  it('an amount whose `per` has no finite reciprocal is rounded once', () => {
    const prices = [{ event: 'used', components: [{ quantity: 'units', per: 60, amount: '0.03' }] }];
    // 7 × 0.03 ÷ 60 × 0.876543211 is 0.0030679012385 exactly, which is half-way.
    expect(costOf({ prices, discount: '0.123456789' }, used({ units: 7 }))).toBe('0.003067901238');
  });

  it('package: 121 in packages of 10 at 100 cost 1 300, and 1 200 with 10 included', () => {
    const component = { quantity: 'units', pricing: 'package', per: 10, amount: '100' };
    const plain = [{ event: 'used', components: [component] }];
    const included = [{ event: 'used', components: [{ ...component, included: 10 }] }];
    expect(costOf({ prices: plain }, used({ units: 121 }))).toBe('1300');
    expect(costOf({ prices: included }, used({ units: 121 }))).toBe('1200');
  });

  it('video: 3 minutes fast at 1.00 and 3 minutes standard at 0.40 cost 4.2', () => {
    const price = (mode: string, amount: string) => ({
      event: 'video.generated',
      match: { mode },
      components: [{ quantity: 'video_seconds', amount, per: '60' }],
    });
    const video = (mode: string) => ({ event: 'video.generated', properties: { mode }, video_seconds: 180 });
    const prices = [price('fast', '1.00'), price('standard', '0.40')];
    expect(costOf({ prices }, [video('fast'), video('standard')])).toBe('4.2');
  });

  it('10 000 input of which 8 000 cached at 1 and 0.1, and 1 000 out at 5, per 1 000, cost 7.8', () => {
    const prices = [
      {
        event: 'used',
        components: [
          { quantity: 'input_tokens', amount: '1', per: 1000 },
          { quantity: 'cache_read_tokens', amount: '0.1', per: 1000 },
          { quantity: 'output_tokens', amount: '5', per: 1000 },
        ],
      },
    ];
    const usage = used({ input_tokens: 10_000, cache_read_tokens: 8_000, output_tokens: 1_000 });
    expect(costOf({ prices }, usage)).toBe('7.8');
  });

  it('hybrid: 1 000 000 tokens included a month, then 0.04 per 1 000: 1 250 000 cost 10, at once or in parts', () => {
    const component = { quantity: 'tokens', amount: '0.04', per: '1000', included: '1000000', counted: 'month' };
    const terms = { prices: [{ event: 'used', components: [component] }] };
    expect(costOf(terms, used({ tokens: 1_250_000 }))).toBe('10');
    const counters = new TestCounters();
    const costs = [900_000, 200_000, 150_000].map((tokens) => {
      const part = priced(terms, used({ tokens }), { positions: counters });
      counters.count(part);
      return formatAmount(part.amount);
    });
    expect(costs).toEqual(['0', '4', '6']);
  });

  it('9 000 then 2 000 tokens over a boundary of 10 000 cost the same, in whatever order', () => {
    const tiers = [{ up_to: 10_000, amount: '2' }, { amount: '1' }];
    const component = { quantity: 'tokens', pricing: 'graduated', tiers, per: 1000, counted: 'month' };
    const terms = { prices: [{ event: 'used', components: [component] }] };
    const totals = [[9_000, 2_000], [2_000, 9_000], [11_000]].map((parts) =>
      costOf(
        terms,
        parts.map((tokens) => used({ tokens })),
      ),
    );
    expect(totals).toEqual(['21', '21', '21']);
  });

  it('gpt-5.4 with 300 000 in, 200 000 of them cached, and 1 000 out costs 0.60 and 0.0225', () => {
    const above = (amount: string) => [{ input_tokens: 272_000, amount }];
    const prices = [
      {
        event: 'chat.completed',
        match: { model: 'gpt-5.4*' },
        components: [
          { quantity: 'input_tokens', amount: '2.5', per: 1000000, above_context: above('5') },
          { quantity: 'cache_read_tokens', amount: '0.25', per: 1000000, above_context: above('0.5') },
          { quantity: 'output_tokens', amount: '15', per: 1000000, above_context: above('22.5') },
        ],
      },
    ];
    const usage = {
      event: 'chat.completed',
      model: 'gpt-5.4',
      input_tokens: 300_000,
      cache_read_tokens: 200_000,
      output_tokens: 1_000,
    };
    const lines = priced({ prices }, usage).usages.flatMap((one) => one.lines);
    expect(lines.map(({ amount }) => formatAmount(amount))).toEqual(['0.5', '0.1', '0.0225']);
  });

  it('a batch costs half', () => {
    const prices = [
      {
        event: 'used',
        components: [{ quantity: 'input_tokens', amount: '3', per: '1000000' }],
        multipliers: [{ match: { batch: true }, by: '0.5' }],
      },
    ];
    const usage = { event: 'used', input_tokens: 1_000 };
    expect(costOf({ prices }, usage)).toBe('0.003');
    expect(costOf({ prices }, { ...usage, properties: { batch: true } })).toBe('0.0015');
    expect(costOf({ prices }, { ...usage, properties: { batch: false } })).toBe('0.003');
  });

  it('1 000 tokens out at 25 per million, with a markup of 1.3, cost 0.0325', () => {
    const component = { quantity: 'output_tokens', amount: '25', per: '1000000' };
    const multipliers = [{ match: { provider: 'anthropic' }, by: '1.3' }];
    const marked = [{ event: 'used', components: [component], multipliers }];
    const usage = { event: 'used', provider: 'anthropic', output_tokens: 1_000 };
    expect(costOf({ prices: marked }, usage)).toBe('0.0325');
    const imported = [{ event: 'used', components: [{ ...component, amount: '32.5' }] }];
    expect(costOf({ prices: imported }, usage)).toBe('0.0325');
  });
});
