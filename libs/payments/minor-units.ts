import { Amount } from '#amounts';

/** How a currency counts: the digits of its minor unit, and of how many minor units an amount has to be a multiple. */
interface Counting {
  readonly digits: 0 | 2 | 3;
  readonly step: 1 | 10 | 100;
}

const IN_HUNDREDTHS: Counting = { digits: 2, step: 1 };
const WHOLE: Counting = { digits: 0, step: 1 };
/** Whole ones only, yet written in hundredths: they had a minor unit once. */
const WHOLE_IN_HUNDREDTHS: Counting = { digits: 2, step: 100 };
/** Cards carry two digits of the three. */
const IN_THOUSANDTHS: Counting = { digits: 3, step: 10 };

/** The currencies that aren't counted in hundredths, as Stripe counts them. */
const COUNTING: ReadonlyMap<string, Counting> = new Map([
  ...listed('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF', WHOLE),
  ...listed('ISK UGX', WHOLE_IN_HUNDREDTHS),
  ...listed('BHD JOD KWD OMR TND', IN_THOUSANDTHS),
]);

/** The most that is charged at once, in minor units: what Stripe takes. */
const MINOR_UNITS_MAX = 99_999_999n;

/** Why a price can't be charged. */
export type PriceFault = 'not_positive' | 'not_whole' | 'too_large';

/** An amount of money in its currency's minor units, or why it can't be charged in it. */
export type MinorUnits =
  { readonly units: bigint; readonly fault: null } | { readonly units: null; readonly fault: PriceFault };

/**
 * Counts an amount in minor units, exactly: 12.5 USD are 1250, 12 JPY are 12, 1.25 KWD are 1250. Nothing is rounded; what isn't
 * a whole number of what the currency can be charged in is `not_whole`.
 *
 * @param currency by ISO 4217, in capitals
 */
export function minorUnits(amount: Amount, currency: string): MinorUnits {
  const { digits, step } = countingOf(currency);
  if (!amount.isPositive() || amount.isZero()) return { units: null, fault: 'not_positive' };
  const units = amount.times(new Amount(10).pow(digits));
  if (!units.modulo(step).isZero()) return { units: null, fault: 'not_whole' };
  const counted = BigInt(units.toFixed());
  return counted > MINOR_UNITS_MAX ? { units: null, fault: 'too_large' } : { units: counted, fault: null };
}

/** The amount that so many minor units are. */
export function amountOfMinorUnits(units: bigint | number, currency: string): Amount {
  return new Amount(units.toString()).div(new Amount(10).pow(countingOf(currency).digits));
}

function countingOf(currency: string): Counting {
  return COUNTING.get(currency) ?? IN_HUNDREDTHS;
}

function listed(currencies: string, counting: Counting): [string, Counting][] {
  return currencies.split(' ').map((currency) => [currency, counting]);
}
