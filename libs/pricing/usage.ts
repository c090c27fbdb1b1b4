import { Amount, type JsonObject, smallerOf, ZERO } from '#amounts';

/**
 * One measured usage: an event, the model and its provider, properties, and any quantities. Every other field is a quantity:
 * a safe integer or a plain decimal string, never negative.
 */
export interface Usage extends JsonObject {
  readonly event: string;
  readonly model?: string;
  readonly provider?: string;
  readonly properties?: JsonObject;
}

export type Tags = Readonly<Record<string, string>>;

/** The fields of a usage, stored or sent, that aren't quantities. `times`, `vendor` and `raw` stand in some requests. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'event',
  'model',
  'provider',
  'properties',
  'vendor',
  'raw',
  'times',
]);

/** No request uses more of anything. A counter of what is taken for more could not be stored for long. */
const QUANTITY_MAX = new Amount('1e16');

/** A quantity of the usage, at most 10^16; null where the usage doesn't state it. */
export function statedQuantity(usage: Usage, name: string): Amount | null {
  if (RESERVED_NAMES.has(name) || !Object.hasOwn(usage, name)) return null;
  const value = usage[name];
  if (typeof value === 'number') return new Amount(value);
  return typeof value === 'string' ? smallerOf(new Amount(value), QUANTITY_MAX) : null;
}

/**
 * The same as a number, for names that aren't reserved. NaN where it isn't a whole number, which makes NaN of whatever is
 * computed with it.
 */
export function statedWhole(usage: Usage, name: string): number | null {
  const value = usage[name];
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : Number.NaN;
  return typeof value === 'string' ? Number.NaN : null;
}

/** The quantities that a usage states, by name. */
export function statedQuantities(usage: Usage): readonly string[] {
  return Object.keys(usage).filter((name) => !RESERVED_NAMES.has(name));
}

/** Whether the usage states quantities, and all of them are zero: nothing was used. */
export function statesNoUse(usage: Usage): boolean {
  return statedQuantities(usage).length > 0 && !statesAny(usage);
}

/** Whether the usage states a quantity above zero. */
function statesAny(usage: Usage): boolean {
  return statedQuantities(usage).some((name) => {
    const value = usage[name];
    return typeof value === 'number' ? value > 0 : (statedQuantity(usage, name) ?? ZERO).gt(0);
  });
}
