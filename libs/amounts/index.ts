export {
  Amount,
  amountOrNull,
  atLeastZero,
  formatAmount,
  parseAmount,
  PLAIN_DECIMAL,
  smallerOf,
  ZERO,
} from './amount.ts';
export { canonicalJson } from './canonical-json.ts';
export type { Json, JsonObject } from './json.ts';
export { amountOfPicos, picosOf, sumOf } from './picos.ts';
