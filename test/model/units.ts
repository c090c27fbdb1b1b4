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

export function sum<T>(items: readonly T[], pick: (item: T) => Units): Units {
  return items.reduce((total, item) => total + pick(item), 0n);
}

export function smaller(a: Units, b: Units): Units {
  return a < b ? a : b;
}

export function larger(a: Units, b: Units): Units {
  return a > b ? a : b;
}
