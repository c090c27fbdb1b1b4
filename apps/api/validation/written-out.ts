import { Amount } from '#amounts';

/** A number as Postgres keeps it in JSON: without an exponent. */
export function writtenOut(number: number): string {
  return new Amount(number).toFixed();
}
