import { Amount, parseAmount } from '#amounts';
import { idPattern, parsePublicId } from '#ledger';
import { parsePrices, type PriceFault } from '#pricing';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';

/** An account's own prices are stored again with each change of them. */
const OVERRIDES_BYTES_MAX = 64 * 1024;

const RATE_CARD_ID_SCHEMA: JsonSchema = { type: 'string', pattern: idPattern('rateCard') };
const DISCOUNT_SCHEMA: JsonSchema = { type: 'string', pattern: '^(?:0(?:\\.\\d{1,12})?|1(?:\\.0{1,12})?)$' };
const PRICES_SCHEMA: JsonSchema = { type: 'array', items: { type: 'object' } };

export function IsRateCardId(): PropertyDecorator {
  return ValidateBy({
    name: 'isRateCardId',
    constraints: [RATE_CARD_ID_SCHEMA],
    validator: {
      validate: (value) => typeof value === 'string' && parsePublicId('rateCard', value) !== null,
      defaultMessage: () => 'must be the id of a rate card, like "rate_…"',
    },
  });
}

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

/** A list of prices without a fault, that isn't too long to be an account's own. */
export function IsPrices(): PropertyDecorator {
  return ValidateBy({
    name: 'isPrices',
    constraints: [PRICES_SCHEMA],
    validator: {
      validate: (value) => faultsIn(value) === null,
      defaultMessage: (args) => faultsIn(args?.value) ?? '',
    },
  });
}

function faultsIn(value: unknown): string | null {
  if (!Array.isArray(value)) return 'must be a list of prices';
  if (value.length === 0) return null;
  if (Buffer.byteLength(JSON.stringify(value)) > OVERRIDES_BYTES_MAX) return 'must be at most 64 KiB of JSON';
  const parsed = parsePrices(value);
  return parsed.ok ? null : parsed.faults.map(describe).join('; ');
}

function describe({ field, message }: PriceFault): string {
  return `${field} ${message}`;
}
