export type {
  JournalSlice,
  SliceAccount,
  SliceAuthorization,
  SliceGrant,
  SlicePurchase,
} from './facts/journal-slice.ts';
export {
  MONEY_KINDS,
  revenueOf,
  type MoneyFact,
  type MoneyKind,
  type MoneyOfSlice,
  type MoneyPosition,
} from './facts/money-fact.ts';
export { moneyOfSlice } from './money/money-of-slice.ts';
export { poolNames } from './money/pool.ts';
