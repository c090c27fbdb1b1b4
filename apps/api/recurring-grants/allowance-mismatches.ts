import type { Fault } from '../validation/faults-of.ts';
import type { AllowanceBody } from './allowance.body.ts';

/** The faults of fields that don't go together. */
export function allowanceMismatches({ price, currency, expires, rollover }: AllowanceBody): Fault[] {
  return [
    ...(price && !currency ? [{ field: 'currency', message: 'is required with a price' }] : []),
    ...(currency && !price ? [{ field: 'price', message: 'is required with a currency' }] : []),
    ...(rollover && (expires ?? 'end_of_period') !== 'end_of_period'
      ? [{ field: 'rollover', message: 'must not be given where the credits don’t expire at the end of their period' }]
      : []),
  ];
}
