import { Amount, formatAmount } from '#amounts';

/** A value as specs compare it: every amount in it as text. */
export type Plain<T> = T extends Amount
  ? string
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Name in keyof T]: Plain<T[Name]> }
      : T;

export function plain<T>(value: T): Plain<T> {
  return asPlain(value) as Plain<T>;
}

function asPlain(value: unknown): unknown {
  if (Amount.isDecimal(value)) return formatAmount(value);
  if (Array.isArray(value)) return value.map(asPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asPlain(inner)]));
}
