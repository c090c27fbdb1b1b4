import { Amount, parseAmount } from '#amounts';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { PRICES_SCHEMA, pricesFaults, type PricesFault } from './prices.ts';

/** Every process keeps those of its busy accounts in memory. */
const OVERRIDES_MAX = 100;

const DISCOUNT_SCHEMA: JsonSchema = { type: 'string', pattern: '^(?:0(?:\\.\\d{1,12})?|1(?:\\.0{1,12})?)$' };

export function IsDiscount(): PropertyDecorator {
  return ValidateBy({
    name: 'isDiscount',
    constraints: [DISCOUNT_SCHEMA],
    validator: {
      validate: (value) => parseAmount(value)?.lte(new Amount(1)) === true,
      defaultMessage: () => 'must be a decimal from "0" to "1" as a string, like "0.2" for 20 % off',
    },
  });
}

/** An account's own prices. What is wrong with them is told field by field, see {@link overridesFaults}. */
export function IsOverrides(): PropertyDecorator {
  return ValidateBy({
    name: 'isOverrides',
    constraints: [{ ...PRICES_SCHEMA, maxItems: OVERRIDES_MAX }],
    validator: {
      validate: (value) => overridesFaults(value, '').length === 0,
      defaultMessage: () => 'must be a list of prices',
    },
  });
}

/** All faults of an account's own prices; none is a fault of no prices. */
export function overridesFaults(value: unknown, field: string): readonly PricesFault[] {
  if (Array.isArray(value) && value.length === 0) return [];
  if (Array.isArray(value) && value.length > OVERRIDES_MAX) {
    return [{ field, message: `must be at most ${String(OVERRIDES_MAX)} prices` }];
  }
  return pricesFaults(value, field);
}
