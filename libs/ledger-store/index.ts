export { AlertDefaults } from './alerts/alert-defaults.ts';
export { CommonBudgets, type SetBudget } from './budgets/common-budgets.ts';
export { queryable, type Queryable } from './queryable.ts';
export {
  change,
  enterChanges,
  type AuditedChange,
  type ChangeAnswer,
  type Changed,
  type ChangeOutcome,
  type ChangeRequest,
} from './change/change.ts';
export { AHEAD_MS_MAX, TestClocks, type ClockTime } from './clocks/test-clocks.ts';
export { isAudited } from './engine/audit.ts';
export { Engine, type EngineOptions } from './engine/engine.ts';
export type { EngineLoad, EngineObserver, ObservedBatch } from './engine/engine-observer.ts';
export { openLedger, type FollowedSubscriptions, type Ledger } from './engine/open-ledger.ts';
export { ledgerPool } from './engine/ledger-pool.ts';
export { WriteHealth } from './engine/write-health.ts';
export { runLocked } from './engine/run-locked.ts';
export { failureOf } from './engine/failures.ts';
export { LedgerUnavailable, type UnavailableReason } from './engine/ledger-unavailable.ts';
export {
  queued,
  type Actor,
  type Answer,
  type IdempotencyKey,
  type Rendered,
  type Submission,
} from './engine/submission.ts';
export { AccountCache } from './load/account-cache.ts';
export { dropLimit, limitView, putKeyLimit, type LimitTerms, type StoredLimit } from './limits/limit-rows.ts';
export { LimitReader, type LimitNow, type ShareNow } from './limits/limit-reader.ts';
export { SpanLimits } from './limits/span-limits.ts';
export { maintainLimitsChore } from './limits/maintain-limits.chore.ts';
export { closeMonths } from './maintenance/close-months.ts';
export { closeMonthsChore } from './maintenance/close-months.chore.ts';
export { eraseAccountsChore } from './maintenance/erase-accounts.chore.ts';
export { maintainLedgerChore } from './maintenance/maintain-ledger.chore.ts';
export type { Plan } from './plans/plan.ts';
export { PlanMirror } from './plans/plan-mirror.ts';
export { Plans, type PlanRefusal } from './plans/plans.ts';
export {
  RATE_CARD_PURPOSES,
  type ListedRateCard,
  type RateCard,
  type RateCardPurpose,
  type VersionedRateCard,
} from './prices/rate-card.ts';
export { RateCardMirror } from './prices/rate-card-mirror.ts';
export { RateCards, type RateCardRefusal } from './prices/rate-cards.ts';
export type { CreditPackage, CreditPackageTerms } from './purchases/credit-package.ts';
export { CreditPackages, type CreditPackageRefusal } from './purchases/credit-packages.ts';
export { AccountFeed, type NumberedEvent } from './read/account-feed.ts';
export { AccountReader, type AccountPricing } from './read/account-reader.ts';
export type { AccountFilter } from './read/account-search.ts';
export { AutoTopupReader } from './read/auto-topup-reader.ts';
export { AuthorizationReader, type AuthorizationOrder } from './read/authorization-reader.ts';
export type { AuthorizationFilter } from './read/authorization-filter.ts';
export { BudgetReader, type ReadBudget } from './read/budget-reader.ts';
export { DefaultPartitionReader } from './read/default-partitions.ts';
export { EventReader, type StoredEvent } from './read/event-reader.ts';
export { GrantReader } from './read/grant-reader.ts';
export { RecurringGrantReader } from './read/recurring-grant-reader.ts';
export { KeptAnswers } from './read/kept-answers.ts';
export { LastVerificationReader, type LastVerification } from './read/last-verification.ts';
export { LedgerHealth } from './read/ledger-health.ts';
export { OpenHoldsReader } from './read/open-holds.ts';
export type { FollowRequest, Page, PageRequest } from './read/page.ts';
export { PurchaseReader, type PurchaseFilter, type ReadPurchase } from './read/purchase-reader.ts';
export { RaiseRequestReader, type RaiseRequestFilter, type ReadRaiseRequest } from './read/raise-request-reader.ts';
export { DeclineReader, type DeclineGroup, type DeclineRow } from './declines/decline-reader.ts';
export { DeclineRecorder } from './declines/decline-recorder.ts';
export { ActivityReader, type Movement } from './read/activity-reader.ts';
export { StandingReader, type TimedStanding } from './read/standing-reader.ts';
export { TransferReader, type TimeRange } from './read/transfer-reader.ts';
export { attemptRead } from './read/attempt-read.ts';
export { accountIn, inSnapshot, readSettled } from './read/snapshot.ts';
export { watchUsageChore } from './rules/watch-usage.chore.ts';
export { RuleDryRun, type DryRun } from './rules/rule-dry-run.ts';
export { RuleDefaults } from './rules/rule-defaults.ts';
export {
  SPLIT_METHODS,
  splitFrom,
  splitJson,
  type ChargebackSplit,
  type ChargebackSplitJson,
  type SplitMethod,
} from './settings/chargeback-split.ts';
export { DEFAULT_SETTINGS, Settings, type EnvironmentSettings, type SettingsRefusal } from './settings/settings.ts';
export { sweepDue } from './sweep/sweep-due.ts';
export { sweepAccountsChore } from './sweep/sweep-accounts.chore.ts';
export { grantFromRow, type GrantRow } from './tables/grants.ts';
export { purchaseFromRow, type PurchaseRow } from './tables/purchases.ts';
export { transferFromRow, type TransferRow } from './tables/transfers.ts';
export { uncollectedUsageFromRow, type UncollectedUsageRow } from './tables/uncollected-usage.ts';
export { usageRecordFromRow, type UsageRecordRow } from './tables/usage-records.ts';
export { transact } from './transact.ts';
export { noteVerification } from './verify/note-verification.ts';
export { verify } from './verify/verify.ts';
export type { CheckResult, Difference, TrialBalance, VerifyReport } from './verify/verify-report.ts';
export { insertEnvironmentEvent } from './write/environment-event.ts';
export { exportData } from './move/export-data.ts';
export { readExportFile, writeExportFile } from './move/export-file.ts';
export { importData } from './move/import-data.ts';
