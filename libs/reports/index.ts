export {
  purchaseOf,
  type JournalSlice,
  type SliceAccount,
  type SliceAuthorization,
  type SliceGrant,
  type SlicePurchase,
  type UncollectedUsage,
} from './facts/journal-slice.ts';
export {
  MONEY_KINDS,
  revenueOf,
  type MoneyFact,
  type MoneyKind,
  type MoneyOfSlice,
  type MoneyPosition,
} from './facts/money-fact.ts';
export { MONEY_KINDS, type MoneyFact, type MoneyKind } from './money/money-fact.ts';
export { moneyFacts, type MoneyFacts } from './money/money-facts.ts';
export type { MoneyRefund, MoneyRows } from './money/money-rows.ts';
export { poolFrom, poolJson, poolNames, type MoneyGrant, type Pool } from './money/pool.ts';
