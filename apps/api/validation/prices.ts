import { parsePrices } from '#pricing';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';

const DECIMAL: JsonSchema = { type: ['string', 'integer'], description: 'A decimal as a string, or a whole number.' };
const MATCH: JsonSchema = {
  type: 'object',
  description:
    'What `model`, `provider`, a property or a tag must be: a value, a list of values, or a prefix like `gpt-5*`.',
  additionalProperties: true,
};

const COMPONENT: JsonSchema = {
  type: 'object',
  required: ['quantity'],
  properties: {
    quantity: { type: 'string', description: 'The quantity of usage that it is for, like `input_tokens`.' },
    pricing: {
      type: 'string',
      enum: ['per_unit', 'graduated', 'volume', 'package', 'flat'],
      description: 'How an amount follows from the quantity. Default: `per_unit`.',
    },
    per: { ...DECIMAL, description: 'How many units the amounts are for. Default: `1`.' },
    amount: { ...DECIMAL, description: 'The amount for `per` units, or for a package.' },
    tiers: {
      type: 'array',
      description: 'The tiers of `graduated` and `volume`, ascending; the last one has no `up_to`.',
      items: {
        type: 'object',
        properties: {
          up_to: { ...DECIMAL, description: 'The largest quantity of the tier.' },
          amount: { ...DECIMAL, description: 'The amount for `per` units.' },
          flat: { ...DECIMAL, description: 'Charged once if the tier is reached.' },
        },
      },
    },
    above_context: {
      type: 'array',
      description: 'Other amounts for requests with more input, for the whole request.',
      items: {
        type: 'object',
        properties: {
          input_tokens: { ...DECIMAL, description: 'More than so many input tokens.' },
          amount: { ...DECIMAL, description: 'The amount for `per` units.' },
        },
      },
    },
    minimum: { ...DECIMAL, description: 'The least that a request pays for it.' },
    included: { ...DECIMAL, description: 'How many units are free.' },
    counted: {
      type: 'string',
      enum: ['request', 'day', 'month', 'total'],
      description:
        'Over what `tiers` and `included` count: a request, or a day or a month of the account’s calendar, or all its time. Default: `request`.',
    },
  },
};

const PRICE: JsonSchema = {
  type: 'object',
  required: ['event', 'components'],
  properties: {
    event: { type: 'string', description: 'The event of the usage, like `chat.completed`.' },
    match: MATCH,
    components: { type: 'array', minItems: 1, items: COMPONENT, description: 'What each quantity costs.' },
    multipliers: {
      type: 'array',
      description: 'Factors for usage with certain properties or tags, or at a time of day.',
      items: {
        type: 'object',
        properties: { match: MATCH, by: { ...DECIMAL, description: 'The factor.' } },
      },
    },
    max_output_tokens: {
      type: 'integer',
      minimum: 1,
      description: 'The output that a hold is for if neither the usage nor the request says it.',
    },
  },
};

/** Prices as answers show them. */
export const PRICES_SCHEMA: JsonSchema = { type: 'array', items: PRICE };

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
