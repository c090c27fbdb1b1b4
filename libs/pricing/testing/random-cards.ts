import fc from 'fast-check';
import type { Json } from '#amounts';
import type { Usage } from '../usage.ts';

const INPUT_PARTS = ['cache_read_tokens', 'cache_write_tokens', 'cache_write_1h_tokens', 'input_audio_tokens'];
const OUTPUT_PARTS = ['reasoning_tokens', 'output_audio_tokens'];
const OTHERS = ['images', 'audio_seconds', 'requests'];
const QUANTITIES = ['input_tokens', ...INPUT_PARTS, 'output_tokens', ...OUTPUT_PARTS, ...OTHERS];
const COUNT_MAX = 60;

/** An amount, often one that rounds: of a few digits, or of all twelve places. */
const amount = fc
  .tuple(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(0, 2, 5, 9, 12))
  .map(([digits, places]) => decimal(digits, places));
const per = fc.constantFrom('1', '10', '1000', '1000000', '3', '7', '60');
const count = fc.integer({ min: 0, max: COUNT_MAX });

function decimal(digits: number, places: number): string {
  const text = String(digits).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}

const tiers = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: COUNT_MAX }), { maxLength: 4 }),
    fc.array(fc.tuple(amount, fc.oneof(fc.constant('0'), amount)), { minLength: 5, maxLength: 5 }),
  )
  .map(([ends, rates]) =>
    [...ends.toSorted((a, b) => a - b), null].map((end, index) => {
      const [each = '0', flat = '0'] = rates[index] ?? [];
      return { amount: each, flat, ...(end === null ? {} : { up_to: end }) };
    }),
  );
const aboveContext = fc
  .tuple(fc.uniqueArray(count, { maxLength: 2 }), amount, amount)
  .map(([above, ...amounts]) =>
    above
      .toSorted((a, b) => a - b)
      .map((inputTokens, index) => ({ input_tokens: inputTokens, amount: amounts[index] ?? '0' })),
  );

export interface ComponentOptions {
  pricing?: readonly string[];
  counted?: readonly string[];
}

const ALL_PRICING = ['per_unit', 'per_unit', 'graduated', 'volume', 'package', 'flat'];
const ALL_COUNTED = ['request', 'request', 'day', 'month', 'total'];

/** A component of a card, valid by construction. */
export function randomComponent(
  quantity: string,
  { pricing = ALL_PRICING, counted = ALL_COUNTED }: ComponentOptions = {},
): fc.Arbitrary<Record<string, Json>> {
  const fields = {
    ...{ amount, per, tiers, aboveContext },
    pricing: fc.constantFrom(...pricing),
    counted: fc.constantFrom(...counted),
    included: fc.oneof(fc.constant(0), count),
    minimum: fc.option(amount),
  };
  return fc.record(fields).map((given) => {
    const isTiered = given.pricing === 'graduated' || given.pricing === 'volume';
    const isCounted = given.counted !== 'request' && given.pricing !== 'volume';
    return {
      quantity,
      pricing: given.pricing,
      included: given.included,
      ...(isTiered ? { tiers: given.tiers } : { amount: given.amount, above_context: given.aboveContext }),
      ...(given.pricing === 'flat' ? {} : { per: given.per }),
      ...(isCounted ? { counted: given.counted } : { minimum: given.minimum }),
    };
  });
}

/** The prices of a card with one price for the event `used`. */
export function randomPrices(options: ComponentOptions = {}): fc.Arbitrary<Json> {
  const components = fc
    .subarray(QUANTITIES, { minLength: 1 })
    .chain((quantities) => fc.tuple(...quantities.map((quantity) => randomComponent(quantity, options))));
  const by = fc.constantFrom('0.5', '1.3', '2', '0.333333');
  return fc.record({ components, by }).map((given) => [
    {
      event: 'used',
      components: given.components,
      multipliers: [
        { match: { batch: true }, by: given.by },
        { match: { time: '22:00-06:00 UTC' }, by: '0.8' },
      ],
    },
  ]);
}

export const randomDiscount = fc.constantFrom('0', '0.2', '0.333333333333', '1');
export const randomTime = fc.constantFrom('2026-03-01T12:00:00Z', '2026-03-01T23:00:00Z');

/** A usage of any quantities that makes sense: no part is beyond its whole. */
export const randomUsage: fc.Arbitrary<Usage> = fc
  .record({
    batch: fc.boolean(),
    counts: fc.array(count, { minLength: QUANTITIES.length, maxLength: QUANTITIES.length }),
  })
  .map(({ batch, counts }) => {
    const usage: Record<string, number> = {};
    QUANTITIES.forEach((name, index) => (usage[name] = counts[index] ?? 0));
    return { event: 'used', properties: { batch }, ...withinWholes(usage) };
  });

/** A usage with its bounds: what is stated of it at first, the most output where that doesn't say, and what it became. */
export interface Bounded {
  stated: Usage;
  became: Usage;
}

/** `maxOutputTokens` of the request is {@link COUNT_MAX}. */
export const randomBounded: fc.Arbitrary<Bounded> = fc
  .record({
    limits: randomUsage,
    isStated: fc.array(fc.boolean(), { minLength: QUANTITIES.length, maxLength: QUANTITIES.length }),
    actual: randomUsage,
  })
  .map(({ limits, isStated, actual }) => {
    const stated: Record<string, number> = {};
    const became: Record<string, number> = {};
    QUANTITIES.forEach((name, index) => {
      const limit = limits[name] as number;
      const mayBeOpen = name !== 'input_tokens' && !OTHERS.includes(name);
      if (isStated[index] || !mayBeOpen) stated[name] = limit;
      const most = stated[name] ?? COUNT_MAX;
      became[name] = Math.min(actual[name] as number, most);
    });
    const { properties = {} } = limits;
    return {
      stated: { event: 'used', properties, ...withinWholes(stated) },
      became: { event: 'used', properties, ...withinWholes(became) },
    };
  });

export const MAX_OUTPUT_TOKENS = COUNT_MAX;

function withinWholes(usage: Record<string, number>): Record<string, number> {
  const wholes = { input_tokens: INPUT_PARTS, output_tokens: OUTPUT_PARTS };
  const within = { ...usage };
  for (const [whole, parts] of Object.entries(wholes)) {
    for (const part of parts) {
      if (part in within && whole in within) within[part] = Math.min(within[part] ?? 0, within[whole] ?? 0);
    }
  }
  return within;
}
