import { Amount } from '#amounts';
import type { Fault } from '../validation/faults-of.ts';
import { isAmountPerCredit, TOO_MUCH_PER_CREDIT } from '../validation/per-credit.ts';
import type { AllowanceBody } from './allowance.body.ts';

/** Missed periods are booked as one grant, however many they are: their sum has to be an amount, too. */
const PERIOD_LIMIT = new Amount(10).pow(20);
const TOO_MUCH_PER_PERIOD = 'must be less than 10^20 in a period';

/** The faults of fields that don't go together. */
export function allowanceMismatches({ amount, price, currency, expires, rollover }: AllowanceBody): Fault[] {
  const tooMuch = Object.entries({ amount, price }).filter(([, sum]) => sum && PERIOD_LIMIT.lte(sum));
  return [
    ...tooMuch.map(([field]) => ({ field, message: TOO_MUCH_PER_PERIOD })),
    ...(price && !isAmountPerCredit(new Amount(price), new Amount(amount))
      ? [{ field: 'price', message: TOO_MUCH_PER_CREDIT }]
      : []),
    ...(price && !currency ? [{ field: 'currency', message: 'is required with a price' }] : []),
    ...(currency && !price ? [{ field: 'price', message: 'is required with a currency' }] : []),
    ...(rollover && (expires ?? 'end_of_period') !== 'end_of_period'
      ? [{ field: 'rollover', message: 'must not be given where the credits don’t expire at the end of their period' }]
      : []),
  ];
}
