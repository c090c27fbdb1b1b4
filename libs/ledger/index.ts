export { ACCOUNT_STATUSES, DEFAULT_TERMS, REMAINDERS } from './account.ts';
export type { Account, AccountStatus, AccountTerms, Remainder } from './account.ts';
export {
  ALERT_PERCENT_MAX,
  ALERT_THRESHOLDS_MAX,
  DEFAULT_ALERT_RULES,
  effectiveRules,
  percentUsed,
  RUN_OUT_DAYS_MAX,
} from './alerts.ts';
export type { AlertRules, OwnAlertRules } from './alerts.ts';
export {
  asOf,
  AUTHORIZATION_STATUSES,
  DEFAULT_HOLD_SECONDS,
  hasLapsed,
  isOpen,
  MAX_BATCH_ITEMS,
  MAX_HOLD_SECONDS,
  OVERAGE_POLICIES,
} from './authorization.ts';
export type {
  Added,
  Authorization,
  AuthorizationStatus,
  AuthorizationSummary,
  Draw,
  GrantShare,
  HoldStep,
  Lapsed,
  LapsedHold,
  LapsedReservation,
  LapsedShare,
  OveragePolicy,
  Spending,
  Tags,
  Usage,
} from './authorization.ts';
export { BUDGET_MODES, BUDGET_OWNERS, budgetLimitAt, DEFAULT_BUDGET_THRESHOLDS, MAX_BUDGETS } from './budgets.ts';
export { BudgetScope, type Spender } from './budget-scope.ts';
export type { Budget, BudgetField, BudgetMode, BudgetOwner, BudgetRaise } from './budgets.ts';
export { hasShortfall, periodOf, runningPeriod, type CommitmentPeriod } from './commitments.ts';
export type { AccountPlan } from './account-plan.ts';
export {
  amountOfPeriod,
  DEFAULT_RECURRING_PRIORITY,
  endOfPeriod,
  expiryOfPeriod,
  liveRecurring,
  rolledUntil,
  type NextPeriod,
  type RecurringExpiry,
  type RecurringGrant,
  type RecurringTerms,
} from './recurring.ts';
export { recurringFrom, recurringJson } from './recurring-json.ts';
export type { PeriodOrigin, Rollover } from './period-origin.ts';
export { originFrom, originJson } from './period-origin-json.ts';
export type { Stored } from './stored.ts';
export { AUTO_TOPUP_STATUSES, autoTopupStatus, PROVIDERS, TOPUP_BALANCES, TOPUP_CAP_PERIODS } from './auto-topup.ts';
export type {
  AutoTopup,
  AutoTopupStatus,
  AutoTopupTerms,
  ProviderName,
  TopupBalance,
  TopupCap,
  TopupSize,
} from './auto-topup.ts';
export { autoTopupFrom, autoTopupJson } from './auto-topup-json.ts';
export { priceOf, type Offer } from './offer.ts';
export { nextRefillAt, type Refills, type TopupUnderWay } from './refills.ts';
export { Counters, isByValue } from './counters.ts';
export type { Counter, CounterKind, CounterWindow, Reservation } from './counters.ts';
export { available, type Balance } from './balance.ts';
export { noChanges, type AccountOverrides, type Changes } from './changes.ts';
export { TRANSFER_KINDS } from './chart.ts';
export type { LedgerAccount, Transfer, TransferKind } from './chart.ts';
export { needsOf, weightOf, type Needs } from './needs.ts';
export type {
  AccountRef,
  Adjust,
  Authorize,
  BatchMode,
  BeginPurchase,
  BudgetRef,
  Command,
  CommandType,
  Commit,
  CreateGrant,
  Extend,
  News,
  ObjectRef,
  OutputLimits,
  RecordDispute,
  RecordPayment,
  Refund,
  RefundPurchase,
  SettleRefund,
  SpendRequest,
  StatedUsage,
} from './commands.ts';
export { NOT_PRICED, SETTLEMENTS } from './authorization-pricing.ts';
export type { AuthorizationPricing, Cost, FrozenPrice, Settlement } from './authorization-pricing.ts';
export { NO_PRICES, type PriceBook } from './price-book.ts';
export type { UncollectedUsage } from './uncollected-usage.ts';
export type { UsageRecord, UsageRecordKind } from './usage-record.ts';
export { shownRefills, type AccountDecision } from './decide/accounts.ts';
export type { AuthorizationDecision } from './decide/authorization-decision.ts';
export { NO_RULES, NO_SUBSCRIBERS, timeOf } from './decide/context.ts';
export type { CommitSubscribers, DecisionContext, LedgerRules } from './decide/context.ts';
export type { Period, Window } from '#calendar';
export { guessesExpiry, wantsOf } from './decide/declines.ts';
export { withoutDetails } from './decide/without-details.ts';
export type { DeclinedRequest } from './declined-request.ts';
export { countDeclines, decide, type Decisions } from './decide/decide.ts';
export { budgetWindowAt, windowsNow, type BudgetWindow } from './decide/budget-windows.ts';
export { budgetsOf } from './decide/budgets-of.ts';
export type { BudgetDecision } from './decide/change-budgets.ts';
export type { RaiseDecision } from './decide/request-raise.ts';
export type { PurchaseDecision } from './decide/begin-purchase.ts';
export type { RefundDecision } from './decide/refund-purchase.ts';
export type { GrantDecision } from './decide/grants.ts';
export type { RecurringDecision } from './decide/set-recurring.ts';
export type { ShareDecision } from './decide/return-share.ts';
export { takeLeases } from './decide/take-leases.ts';
export type { AutoTopupDecision } from './decide/set-auto-topup.ts';
export { alertsOf, type AlertsDecision } from './decide/set-alerts.ts';
export { rulesStanding, type RulesDecision } from './decide/set-rules.ts';
export type { RestrainDecision } from './decide/restrain.ts';
export type { TellDecision } from './decide/tell.ts';
export { isSettled, settle } from './decide/settle.ts';
export { advice, nearestOf, STANDINGS, standingOf, type LimitUse, type Standing } from './decide/standing.ts';
export { standingAfter } from './decide/standing-after.ts';
export type { BatchDecision } from './decide/spend-batch.ts';
export { windowsAskedFor } from './decide/windows-asked-for.ts';
export { LEDGER_EVENT_TYPES, LIMIT_EVENT_TYPES } from './events.ts';
export type {
  AboutAccount,
  BudgetWindowData,
  CommitmentPeriodData,
  LedgerEvent,
  LedgerEvents,
  LedgerEventType,
  LimitEvents,
  LimitEventType,
  PaymentData,
  PlanChangeData,
  RaiseRequestData,
  SentAlert,
  SentBudgetAlert,
  TopupData,
} from './events.ts';
export { compareBurnDown, type BurnDownTerms } from './burn-down.ts';
export { GRANT_CATEGORIES, GRANT_STATUSES, grantStatus, mayPayFor } from './grant.ts';
export type { Freeze, Grant, GrantCategory, GrantScope, GrantStatus } from './grant.ts';
export { HoldExpiries, type HoldExpiry } from './hold-expiries.ts';
export { IdGenerator } from './id-generator.ts';
export {
  accountKey,
  accountKeyOf,
  idPattern,
  leastUuidAt,
  newAccountId,
  newOwnedUuid,
  newUuid,
  parsePublicId,
  publicId,
  timeOfUuid,
  type AccountKey,
  type IdKind,
} from './ids.ts';
export { percentOf } from './percent.ts';
export { NO_PLAN } from './account-plan.ts';
export type { CurrentPlan, NextPlan, PlanVersionRef } from './account-plan.ts';
export { PLAN_EFFECTS, type PlanEffect } from './commands.ts';
export { NO_PLANS, type PlanBook } from './plan-book.ts';
export type { PlanDecision } from './decide/set-plan.ts';
export { PLAN_PARTS_MAX } from './plan-json.ts';
export type {
  PlanAlertsJson,
  PlanBudgetJson,
  PlanGrantExpiry,
  PlanGrantJson,
  PlanRolloverJson,
  PlanTermsJson,
} from './plan-json.ts';
export { isUnderWay, PAYMENT_STATUSES } from './purchases.ts';
export type {
  Money,
  PaymentFailure,
  PaymentResult,
  PaymentStatus,
  Purchase,
  PurchaseDispute,
  PurchaseRefund,
  PurchaseTerms,
  RefundOrigin,
} from './purchases.ts';
export { RAISE_REQUEST_STATUSES } from './raise-requests.ts';
export type { PendingRaise, RaiseRequest, RaiseRequestStatus } from './raise-requests.ts';
export { isDecline, isRemembered, REFUSAL_CODES, refused } from './refusals.ts';
export { timeLeft, type BurnRate, type TimeLeft } from './burn-rate.ts';
export type {
  AccountSuspended,
  BudgetExceeded,
  BudgetExists,
  Exceeded,
  OpenHoldsExceeded,
  Outcome,
  OutputUnbounded,
  Refusal,
  RefusalCode,
  RefusedOutcome,
  RequestTooLarge,
  SpanLimitExceeded,
  SpendRateExceeded,
  UnpricedUsage,
  UsageSuspended,
} from './refusals.ts';
export { revenueTallies, type RevenueTally } from './revenue-tally.ts';
export { accountState, balanceOf } from './state.ts';
export type { AccountState, DeclinedMinute, LedgerState } from './state.ts';
export { leaseOf, LIMIT_PERIODS, spanWindowOf } from './span-limits.ts';
export type { Exhausted, Lease, Refilled, ShareWant, SpanLimit, SpanLimitBook } from './span-limits.ts';
export { RATE_AMOUNT_MAX, RATE_REQUESTS_MAX } from './pace.ts';
export { isInForce, NO_RESTRAINTS, RESTRAINING_RULES, type Restraint } from './restraints.ts';
export {
  environmentRulesFrom,
  ownRulesFrom,
  ownRulesJson,
  restraintFrom,
  restraintJson,
  rulesJson,
  type OwnRulesJson,
  type RulesJson,
} from './rules-json.ts';
export {
  ACTIONS,
  applyingRules,
  NO_LIMIT_RULES,
  NO_OWN_RULES,
  OPEN_HOLDS_RULE_MAX,
  RATE_PERIODS,
  RULES_MAX,
} from './rules.ts';
export type { Action, LoopRule, OwnRules, Rate, RatePeriod, Rules, SpikeRule } from './rules.ts';
export { windowEndOf, windowStartOf, type Finding } from './findings.ts';
export { Replay, type Caught, type PastRequest } from './replay-rules.ts';
export { medianOf, SPIKE_DAYS, spikeIn, type SpikeFigures } from './spikes.ts';
export { LIVE, withTestClocks, type TestClock } from './test-clock.ts';
