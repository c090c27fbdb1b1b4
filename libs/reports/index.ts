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
export { sealJournalChore } from './periods/chain/seal-journal.chore.ts';
export { sealJournal } from './periods/chain/seal-journal.ts';
export type { ChainDifference, ChainReport, CheckedClosing } from './periods/chain/chain-report.ts';
export { verifyChain } from './periods/chain/verify-chain.ts';
export { catchUpAccount, catchUpEnvironment, type CaughtUp } from './rollups/catch-up.ts';
export { rebuildRollups, type Rebuilt } from './rollups/rebuild-rollups.ts';
export { rollUpChore } from './rollups/roll-up.chore.ts';
export type { SumDifference } from './rollups/compare-sums.ts';
export { verifyRollups, type RollupReport } from './rollups/verify-rollups.ts';
