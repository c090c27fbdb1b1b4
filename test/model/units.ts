/** Exact amounts as whole numbers of 10⁻¹², so that the reference shares no arithmetic with the service. */
export type Units = bigint;

const PLACES = 12;
const ONE = 10n ** BigInt(PLACES);

export function units(text: string): Units {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole) * ONE + BigInt(fraction.padEnd(PLACES, '0'));
}

/** Plain notation without trailing zeros. */
export function text(amount: Units): string {
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % ONE).toString().padStart(PLACES, '0').replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${(size / ONE).toString()}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A part of an amount by time; half of the last place goes to the even one. */
export function proratedUnits(amount: Units, part: number, whole: number): Units {
  const size = amount < 0n ? -amount : amount;
  const [exact, by] = [size * BigInt(part), BigInt(whole)];
  const [floor, twice] = [exact / by, (exact % by) * 2n];
  const rounded = twice > by || (twice === by && floor % 2n === 1n) ? floor + 1n : floor;
  return amount < 0n ? -rounded : rounded;
}

export function sum<T>(items: readonly T[], pick: (item: T) => Units): Units {
  return items.reduce((total, item) => total + pick(item), 0n);
}

export function smaller(a: Units, b: Units): Units {
  return a < b ? a : b;
}

export function larger(a: Units, b: Units): Units {
  return a > b ? a : b;
}
