import { describe, expect, it } from '@jest/globals';
import { parsePrices, readPrices } from './parse-prices.ts';

const component = { quantity: 'input_tokens', amount: '3', per: '1000000' };
const price = { event: 'chat.completed', components: [component] };
const tiers = [{ up_to: '100', amount: '2' }, { amount: '1' }];

function faultsOf(json: unknown): string[] {
  const parsed = parsePrices(json);
  return parsed.ok ? [] : parsed.faults.map(({ field, message }) => `${field} ${message}`);
}

const withComponent = (fields: object): unknown => [{ ...price, components: [{ ...component, ...fields }] }];
const tiered = (fields: object): unknown => [
  { ...price, components: [{ quantity: 'images', pricing: 'graduated', tiers, ...fields }] },
];

describe('parsePrices', () => {
  it.each([
    ['the least', [price]],
    ['empty optional lists and nulls', [{ ...price, match: null, multipliers: [], max_output_tokens: null }]],
    ['a part without its whole', [{ ...price, components: [{ quantity: 'cache_read_tokens', amount: '0' }] }]],
    ['whole JSON numbers as units', withComponent({ included: 1000, per: 1000 })],
    ['tiers', tiered({ included: '5', counted: 'month' })],
    ['volume', tiered({ pricing: 'volume', minimum: '1' })],
    ['context rates', withComponent({ above_context: [{ input_tokens: 200000, amount: '6' }] })],
    [
      'multipliers',
      [{ ...price, multipliers: [{ match: { time: '22:00-06:00 Europe/Berlin', batch: true }, by: '0' }] }],
    ],
    ['models apart', [{ ...price, match: { model: 'a' } }, { ...price, match: { model: 'b' } }, price]],
    [
      'prefixes of two lengths',
      [
        { ...price, match: { model: 'gpt-5*' } },
        { ...price, match: { model: 'gpt*' } },
      ],
    ],
    ['one model for two events', [price, { ...price, event: 'image.generated' }]],
    [
      'disjoint lists',
      [
        { ...price, match: { model: ['a', 'b'] } },
        { ...price, match: { model: ['c', 'd'] } },
      ],
    ],
  ])('takes %s', (_, json) => {
    expect(faultsOf(json)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['something else than a list', {}, 'prices must be a list of 1 to 2000'],
    ['an empty list', [], 'prices must be a list of 1 to 2000'],
    [
      'something else than a price',
      ['gpt-5'],
      'prices[0] must be an object with event, match, components, multipliers, max_output_tokens',
    ],
    [
      'an unknown field',
      [{ ...price, currency: 'USD' }],
      "prices[0].currency isn't a field here: there are event, match, components, multipliers, max_output_tokens",
    ],
    ['no event', [{ components: [component] }], 'prices[0].event must be a string of 1 to 128 characters'],
    ['no components', [{ event: 'x' }], 'prices[0].components is missing: what each quantity costs'],
    ['an empty list of components', [{ ...price, components: [] }], 'prices[0].components must be a list of 1 to 20'],
    [
      'a quantity by no name',
      withComponent({ quantity: 'Input Tokens' }),
      'prices[0].components[0].quantity must be the name of a quantity in snake_case, like "input_tokens"',
    ],
    [
      'a reserved name as quantity',
      withComponent({ quantity: 'times' }),
      "prices[0].components[0].quantity must be another name: times isn't a quantity",
    ],
    [
      'a JSON number as amount',
      withComponent({ amount: 0.03 }),
      'prices[0].components[0].amount must be a decimal as a string, like "0.03"',
    ],
    [
      'no amount',
      withComponent({ amount: undefined }),
      'prices[0].components[0].amount is missing: per_unit needs an amount',
    ],
    ['0 as per', withComponent({ per: 0 }), 'prices[0].components[0].per must be more than 0'],
    [
      'a fraction as JSON number',
      withComponent({ included: 0.5 }),
      'prices[0].components[0].included must be a whole number, or a decimal as a string, like "1000000"',
    ],
    [
      'an unknown pricing',
      withComponent({ pricing: 'tiered' }),
      'prices[0].components[0].pricing must be one of per_unit, graduated, volume, package, flat',
    ],
    [
      'an unknown period',
      withComponent({ counted: 'week' }),
      'prices[0].components[0].counted must be one of request, day, month, total',
    ],
    [
      'tiers beside an amount',
      withComponent({ tiers }),
      'prices[0].components[0].tiers must be left out: per_unit has an amount. Tiers are for graduated and volume',
    ],
    ['no tiers', tiered({ tiers: undefined }), 'prices[0].components[0].tiers is missing: graduated needs tiers'],
    [
      'an amount beside tiers',
      tiered({ amount: '1' }),
      'prices[0].components[0].amount must be left out: the tiers have the amounts',
    ],
    [
      'context rates beside tiers',
      tiered({ above_context: [{ input_tokens: 1, amount: '1' }] }),
      'prices[0].components[0].above_context must be left out: it replaces an amount, and the tiers have theirs',
    ],
    [
      'tiers that end',
      tiered({ tiers: [{ up_to: 10, amount: '1' }] }),
      'prices[0].components[0].tiers must end with a tier without up_to, for all that is beyond',
    ],
    [
      'tiers without an end between',
      tiered({ tiers: [{ amount: '1' }, { amount: '2' }] }),
      'prices[0].components[0].tiers must have up_to in every tier but the last',
    ],
    [
      'tiers that descend',
      tiered({ tiers: [{ up_to: 10, amount: '1' }, { up_to: 10, amount: '2' }, { amount: '3' }] }),
      'prices[0].components[0].tiers must have ascending up_to',
    ],
    [
      'a tier without amount',
      tiered({ tiers: [{ flat: '1' }] }),
      'prices[0].components[0].tiers[0].amount is missing: a decimal as a string, like "0.03"',
    ],
    [
      'context rates that descend',
      withComponent({ above_context: [2, 1].map((input_tokens) => ({ input_tokens, amount: '1' })) }),
      'prices[0].components[0].above_context must have ascending input_tokens',
    ],
    [
      'flat per something',
      withComponent({ pricing: 'flat' }),
      'prices[0].components[0].per must be left out: a flat amount is for any quantity',
    ],
    [
      'volume over a period',
      tiered({ pricing: 'volume', counted: 'month' }),
      'prices[0].components[0].counted must be request: volume over a period would reprice the past',
    ],
    [
      'a minimum over a period',
      withComponent({ counted: 'day', minimum: '1' }),
      'prices[0].components[0].minimum must be left out: a minimum is for each request, not for a period',
    ],
    [
      'a quantity twice',
      [{ ...price, components: [component, component] }],
      'prices[0].components must have one component for input_tokens, not several',
    ],
    [
      'a match that is no object',
      [{ ...price, match: 'gpt-5' }],
      'prices[0].match must be an object of at most 20 names, like {"model": "gpt-5*"}',
    ],
    [
      'an empty value',
      [{ ...price, match: { model: '' } }],
      'prices[0].match.model must be a value, a list of 1 to 100 values, or a prefix like "gpt-5*"',
    ],
    [
      'a * in between',
      [{ ...price, match: { model: 'gpt-*-mini' } }],
      'prices[0].match.model must have its only * at the end',
    ],
    [
      'a prefix in a list',
      [{ ...price, match: { model: ['gpt-5*', 'o3'] } }],
      'prices[0].match.model must be a list of whole values: a prefix is a price of its own',
    ],
    [
      'a price by time',
      [{ ...price, match: { time: '22:00-06:00 UTC' } }],
      'prices[0].match.time must be in a multiplier: prices depend on the time by a factor',
    ],
    [
      'a multiplier for everything',
      [{ ...price, multipliers: [{ match: {}, by: '2' }] }],
      'prices[0].multipliers[0].match must name a property, a tag or the time, like {"batch": true}',
    ],
    [
      'a multiplier by nothing',
      [{ ...price, multipliers: [{ match: { batch: true } }] }],
      'prices[0].multipliers[0].by is missing: a decimal as a string, like "0.03"',
    ],
    ...[
      '22-06 UTC',
      '22:00-06:00',
      '22:00-06:00 Mars/Olympus',
      '22:00-22:00 UTC',
      '24:00-06:00 UTC',
      '25:00-06:00 UTC',
    ].map((time): [string, unknown, string] => [
      `the time ${time}`,
      [{ ...price, multipliers: [{ match: { time }, by: '2' }] }],
      'prices[0].multipliers[0].match.time must be hours and a time zone, like "22:00-06:00 Europe/Berlin"',
    ]),
    [
      'no output',
      [{ ...price, max_output_tokens: 0 }],
      'prices[0].max_output_tokens must be a whole number, 1 or more',
    ],
    [
      'the same match twice',
      [
        { ...price, match: { model: 'a' } },
        { ...price, match: { model: ['a'] } },
      ],
      'prices[1].match must differ from that of prices[0]: usage can match both, and neither is more specific. Name more in one of them',
    ],
    [
      'matches by names that may both be given',
      [
        { ...price, match: { model: 'a' } },
        { ...price, match: { provider: 'b' } },
      ],
      'prices[1].match must differ from that of prices[0]: usage can match both, and neither is more specific. Name more in one of them',
    ],
  ])('refuses %s', (_, json, fault) => {
    expect(faultsOf(json)).toEqual([fault]);
  });

  it('names the earlier price that ties, by exact values, lists and prefixes', () => {
    const matches = [
      ...[
        { model: 'a', size: 'hd' },
        { size: 'hd', model: 'a' },
        { model: 'a', size: 'sd' },
        { model: 'a', plan: 'pro' },
      ],
      ...[{ model: ['x', 'y'] }, { model: ['y', 'z'] }, { model: ['z', 'w'] }],
      ...[{ model: 'gpt-4*' }, { model: 'gpt-5*' }, { provider: 'openai' }, { plan: 'profi*' }],
    ];
    const parsed = parsePrices(matches.map((match) => ({ ...price, match })));
    const ties = parsed.ok
      ? []
      : parsed.faults.map(({ field, message }) => [field, /prices\[\d+\]/.exec(message)?.[0]]);
    expect(ties).toEqual([
      ['prices[1].match', 'prices[0]'],
      ['prices[3].match', 'prices[0]'],
      ['prices[5].match', 'prices[4]'],
      ['prices[6].match', 'prices[5]'],
      ['prices[10].match', 'prices[7]'],
    ]);
  });

  it('finds all faults at once, each under its field', () => {
    const parsed = parsePrices(
      [
        { event: '', components: [{ quantity: 'x', amount: 1, per: '-1' }] },
        { ...price, multipliers: [{ match: { time: 'now' }, by: 'half' }], extra: 1 },
      ],
      'overrides',
    );
    expect(parsed.ok ? [] : parsed.faults.map(({ field }) => field)).toEqual([
      'overrides[0].event',
      'overrides[0].components[0].per',
      'overrides[0].components[0].amount',
      'overrides[1].extra',
      'overrides[1].multipliers[0].by',
      'overrides[1].multipliers[0].match.time',
    ]);
  });

  it('says where stored prices have a fault', () => {
    expect(() => readPrices([{ ...price, components: [] }])).toThrow('prices[0].components');
  });
});
