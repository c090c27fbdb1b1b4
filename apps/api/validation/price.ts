import { parseAmount, PLAIN_DECIMAL, type Amount } from '#amounts';
import { minorUnits } from '#payments';
import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { POSITIVE_AMOUNT } from './rules.ts';

const PRICE_SCHEMA: JsonSchema = {
  type: 'string',
  pattern: PLAIN_DECIMAL.source,
  allOf: [{ pattern: /[1-9]/.source }],
  examples: ['9.5'],
};

/** What a price has to be that can be charged in its currency. */
export const CHARGEABLE =
  'must be in whole minor units of its currency, like cents of USD, and at most 99,999,999 of them';

/**
 * Money, more than zero, that can be charged in its currency.
 *
 * @param currency the field that names the currency; where it isn't given, or is no currency, only the form is checked
 */
export function IsPrice(currency: string): PropertyDecorator {
  return ValidateBy({
    name: 'isPrice',
    constraints: [PRICE_SCHEMA],
    validator: {
      validate: (value, args) => {
        const price = positiveAmount(value);
        if (price === null) return false;
        const code: unknown = Reflect.get(args?.object ?? {}, currency);
        return typeof code !== 'string' || isChargeable({ price, currency: code.toUpperCase() });
      },
      defaultMessage: (args) => (positiveAmount(args?.value) === null ? POSITIVE_AMOUNT : CHARGEABLE),
    },
  });
}

/**
 * Whether a price can be charged in its currency.
 *
 * @param money the currency by ISO 4217, in capitals
 */
export function isChargeable({ price, currency }: { readonly price: Amount; readonly currency: string }): boolean {
  return minorUnits(price, currency).fault === null;
}

function positiveAmount(value: unknown): Amount | null {
  const amount = parseAmount(value);
  return amount === null || amount.isZero() ? null : amount;
}
