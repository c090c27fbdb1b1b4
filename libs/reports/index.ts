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
