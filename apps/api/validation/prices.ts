import { PLAIN_DECIMAL } from '#amounts';
import { parsePrices, PERIODS, PRICES_MAX, PRICING_MODELS } from '#pricing';
import { ValidateBy } from 'class-validator';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice } from '../openapi/view-schema.ts';

const AMOUNT: JsonSchema = { type: 'string', pattern: PLAIN_DECIMAL.source };
/** A number of units: a decimal as a string, or a whole number. */
const UNITS: JsonSchema = { type: ['string', 'integer'], pattern: PLAIN_DECIMAL.source, minimum: 0 };

const VALUE: JsonSchema = { type: ['string', 'number', 'boolean'], minLength: 1, maxLength: 128 };
const MATCH: JsonSchema = {
  type: 'object',
  description:
    'What `model`, `provider`, a property or a tag must be: a value, a list of values, or a prefix like `gpt-5*`.',
  maxProperties: 20,
  propertyNames: { minLength: 1, maxLength: 128 },
  additionalProperties: { anyOf: [VALUE, { type: 'array', minItems: 1, maxItems: 100, items: VALUE }] },
};

const TIER: JsonSchema = {
  type: 'object',
  required: ['amount'],
  properties: {
    up_to: orNull({ ...UNITS, description: 'The largest quantity of the tier; the last tier has none.' }),
    amount: { ...AMOUNT, description: 'The amount for `per` units.' },
    flat: orNull({ ...AMOUNT, description: 'Charged once if the tier is reached.' }),
  },
  additionalProperties: false,
};

const CONTEXT_RATE: JsonSchema = {
  type: 'object',
  required: ['input_tokens', 'amount'],
  properties: {
    input_tokens: { ...UNITS, description: 'For requests of more input tokens than these.' },
    amount: { ...AMOUNT, description: 'The amount for `per` units, for the whole request.' },
  },
  additionalProperties: false,
};

const COMPONENT: JsonSchema = {
  type: 'object',
  required: ['quantity'],
  properties: {
    quantity: {
      type: 'string',
      pattern: '^[a-z][a-z0-9_]{0,127}$',
      description: 'The quantity of usage that it is for, like `input_tokens`.',
    },
    pricing: orNull(choice(PRICING_MODELS, 'How an amount follows from the quantity. Default: `per_unit`.')),
    per: orNull({ ...UNITS, description: 'How many units the amounts are for. Default: `1`.' }),
    amount: orNull({ ...AMOUNT, description: 'The amount for `per` units; with `tiers`, each has its own.' }),
    tiers: orNull({
      type: 'array',
      items: TIER,
      maxItems: 20,
      description: 'The tiers of `graduated` and `volume`, ascending.',
    }),
    above_context: orNull({
      type: 'array',
      items: CONTEXT_RATE,
      maxItems: 20,
      description: 'Other amounts for requests with more input, ascending.',
    }),
    minimum: orNull({ ...AMOUNT, description: 'The least that a request pays for it.' }),
    included: orNull({ ...UNITS, description: 'How many units are free.' }),
    counted: orNull(
      choice(
        ['request', ...PERIODS],
        'Over what `tiers` and `included` count: a request, a day or a month of the account’s calendar, or all its time. Default: `request`.',
      ),
    ),
  },
  additionalProperties: false,
};

const PRICE: JsonSchema = {
  type: 'object',
  required: ['event', 'components'],
  properties: {
    event: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description: 'The event of the usage, like `chat.completed`.',
    },
    match: orNull(MATCH),
    components: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: COMPONENT,
      description: 'What each quantity costs.',
    },
    multipliers: orNull({
      type: 'array',
      maxItems: 50,
      description: 'Factors for usage with certain properties or tags, or at a time of day.',
      items: {
        type: 'object',
        required: ['match', 'by'],
        properties: { match: MATCH, by: { ...AMOUNT, description: 'The factor.' } },
        additionalProperties: false,
      },
    }),
    max_output_tokens: orNull({
      type: 'integer',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The output that a hold is for if neither the usage nor the request says it.',
    }),
  },
  additionalProperties: false,
};

/** Prices as answers show them. */
export const PRICES_SCHEMA: JsonSchema = {
  type: 'array',
  maxItems: PRICES_MAX,
  items: PRICE,
  examples: [
    [
      {
        event: 'chat.completed',
        match: { model: 'gpt-5*' },
        components: [
          { quantity: 'input_tokens', per: '1000', amount: '0.03' },
          { quantity: 'output_tokens', per: '1000', amount: '0.06' },
        ],
        max_output_tokens: 4096,
      },
    ],
  ],
};

/** The prices of a rate card. What is wrong with them is told field by field, see {@link pricesFaults}. */
export function IsPrices(): PropertyDecorator {
  return ValidateBy({
    name: 'isPrices',
    constraints: [{ ...PRICES_SCHEMA, minItems: 1 }],
    validator: {
      validate: (value) => parsePrices(value).ok,
      defaultMessage: () => 'must be a list of prices',
    },
  });
}

export interface PricesFault {
  readonly field: string;
  readonly message: string;
}

/** All faults of prices, by the fields of the request: `prices.2.components.0.tiers`. */
export function pricesFaults(value: unknown, field: string): readonly PricesFault[] {
  const parsed = parsePrices(value, field);
  if (parsed.ok) return [];
  return parsed.faults.map((fault) => ({ field: dotted(fault.field), message: fault.message }));
}

/** `prices[2].tiers` → `prices.2.tiers` */
function dotted(path: string): string {
  return path.replaceAll(/\[(\w+)\]/g, '.$1');
}
