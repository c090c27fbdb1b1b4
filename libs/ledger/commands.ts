import type { AccountTerms, Remainder } from './account.ts';
import type { PlanVersionRef } from './account-plan.ts';
import type { OwnAlertRules } from './alerts.ts';
import type { LedgerEvents } from './events.ts';
import type { Amount, JsonObject } from '#amounts';
import type { Added, OveragePolicy, Spending } from './authorization.ts';
import type { Budget, BudgetField, BudgetRaise } from './budgets.ts';
import type { PendingRaise } from './raise-requests.ts';
import type { Cost, Settlement } from './authorization-pricing.ts';
import type { GrantCategory, GrantScope } from './grant.ts';
import type { Money, PaymentResult, PurchaseTerms } from './purchases.ts';
import type { AccountKey } from './ids.ts';
import type { AutoTopupTerms } from './auto-topup.ts';
import type { Finding } from './findings.ts';
import type { RecurringTerms } from './recurring.ts';
import type { OwnRules } from './rules.ts';
import type { Window } from '#calendar';
import type { Usage } from '#pricing';

/** An account as a request names it; `key` is derived from the two others. */
export interface AccountRef {
  readonly environment: string;
  readonly id: string;
  readonly key: AccountKey;
}

/** A grant, authorization or purchase as a request names it. */
export interface ObjectRef {
  readonly environment: string;
  readonly id: string;
}

export type BatchMode = 'all_or_nothing' | 'independent';

export interface CreateAccount {
  readonly account: AccountRef;
  readonly unit: string;
  readonly terms: AccountTerms;
  /** The unit of its rate card; `null` where it has none. */
  readonly cardUnit?: string | null;
  /** Whether an account that exists already is returned, whatever its unit and terms are. Otherwise both must be these. */
  readonly orExisting?: boolean;
}

export interface UpdateAccount {
  readonly account: AccountRef;
  readonly terms: Partial<AccountTerms>;
  /** The unit of the rate card that the terms name; `null` where they name none. */
  readonly cardUnit?: string | null;
}

export interface SetAccountStatus {
  readonly account: AccountRef;
  readonly status: 'active' | 'suspended';
}

/** Gives debt up that nobody will repay. */
export interface WriteOff {
  readonly account: AccountRef;
  /** `null`: all of it. */
  readonly amount: Amount | null;
  readonly reason: string;
}

export interface CloseAccount {
  readonly account: AccountRef;
  readonly remainder: Remainder;
}

export interface SetAlerts {
  readonly account: AccountRef;
  readonly rules: OwnAlertRules;
}

export interface SetAutoTopup {
  readonly account: AccountRef;
  /** `null`: it buys nothing by itself any more. */
  readonly terms: AutoTopupTerms | null;
}

/** A budget as a request names it: by its UUID, or by its name within the account. */
export type BudgetRef = { readonly id: string } | { readonly name: string };

export interface PutBudget {
  readonly account: AccountRef;
  /** Its id and raise hold only where the account has none by this name. When it was made, the decision says. */
  readonly budget: Budget;
  /** Whether one that differs and is there already is left as it is. */
  readonly mustBeNew: boolean;
}

export interface UpdateBudget {
  readonly account: AccountRef;
  readonly budget: BudgetRef;
  readonly changes: Partial<Pick<Budget, BudgetField>>;
}

export interface RaiseBudget {
  readonly account: AccountRef;
  readonly budget: BudgetRef;
  /** `null`: none any more. */
  readonly raise: BudgetRaise | null;
}

export interface SetRules {
  readonly account: AccountRef;
  readonly rules: OwnRules;
}

/** Puts an account on a plan, or on none. */
export interface SetPlan {
  readonly account: AccountRef;
  readonly plan: PlanVersionRef | null;
  readonly effective: PlanEffect;
  /** Whether the allowances of running periods are settled by the time that is left; only where it is effective now. */
  readonly prorate: boolean;
}

export const PLAN_EFFECTS = ['now', 'next_period'] as const;
export type PlanEffect = (typeof PLAN_EFFECTS)[number];

/** Reports what a rule has found in what was used lately, and does what the rule says about it. */
export interface Restrain {
  readonly account: AccountRef;
  readonly finding: Finding;
}

/** Tells what was found about an account by those who look at what it used. */
export interface Tell {
  readonly account: AccountRef;
  readonly news: News;
}

/** The events that tell of no change: somebody has looked at what an account used, and found something. */
export type News = {
  readonly [T in 'anomaly.opened' | 'forecast.runs_out']: { readonly type: T; readonly data: LedgerEvents[T] };
}['anomaly.opened' | 'forecast.runs_out'];

/** Ends what rules have done about an account. */
export interface ResumeUsage {
  readonly account: AccountRef;
  /** Only what is about this tag; `null`: everything. */
  readonly tag: string | null;
  /** Only what is about this value of the tag; `null`: all of its values. */
  readonly value: string | null;
  /** Whether nothing is ended, and only what has ended by itself is reported. */
  readonly onlyEnded?: boolean;
}

/** Asks for a raise, where the one who asks may not raise a budget. */
export interface RequestRaise {
  readonly account: AccountRef;
  readonly budget: BudgetRef;
  readonly raise: Pick<PendingRaise, 'amount' | 'until' | 'reason'>;
}

export interface DecideRaise {
  readonly account: AccountRef;
  /** The request's UUID. */
  readonly request: string;
  readonly approve: boolean;
  /** Why it is denied. */
  readonly reason: string | null;
}

/** Books what time has done to an account, and emits the events of it; a decision about the account does the same first. */
export interface Sweep {
  readonly account: AccountRef;
  /** How long before its expiry a grant's owner is given notice, in milliseconds, longest first. */
  readonly expiryNotices: readonly number[];
}

export interface CreateGrant {
  readonly account: AccountRef;
  readonly amount: Amount;
  readonly category: GrantCategory;
  readonly priority: number;
  readonly scope: GrantScope | null;
  readonly costBasis: Amount | null;
  /** The money that was paid for it, of which the cost basis is the quotient; absent where only that is known. */
  readonly paid?: Money;
  /** What its maker knows the purchase by that it belongs to. */
  readonly purchaseReference?: string;
  /** `null`: now. */
  readonly effectiveAt: number | null;
  readonly expiresAt: number | null;
  readonly metadata: JsonObject;
}

export interface PutRecurringGrant {
  readonly account: AccountRef;
  /** Unique within the account. */
  readonly name: string;
  /** `timeZone`: `null` is the account's. */
  readonly terms: Omit<RecurringTerms, 'timeZone'> & { readonly timeZone: string | null };
  /** `null`: now, or when it started already. */
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  /** `null`: its start, or the anchor that it has. */
  readonly anchor: number | null;
  /** The UUID of the plan that brings it; absent where none does. */
  readonly plan?: string | null;
}

/** A recurring grant as a request names it. */
export interface OfRecurringGrant {
  readonly account: AccountRef;
  readonly name: string;
}

export interface VoidGrant {
  readonly grant: ObjectRef;
  /** The money that was paid back for it; absent where none was. */
  readonly returned?: Amount;
}

/** Sells credits. They are granted when the provider has confirmed the payment. */
export interface BeginPurchase extends PurchaseTerms {
  readonly account: AccountRef;
}

/** Says what has become of a payment. */
export interface RecordPayment {
  readonly purchase: ObjectRef;
  readonly result: PaymentResult;
}

/** Gives money of a purchase back, and takes back the credits that it paid for. */
export type RefundPurchase = { readonly purchase: ObjectRef } & (AskedRefund | ProviderRefund);

/** The money has to be returned yet. */
export interface AskedRefund {
  readonly origin: 'asked';
  /** How many of the credits that the price is said for, bonus in proportion; `null`: what is neither spent nor held. */
  readonly credits: Amount | null;
  /** The smallest sum of money in the currency; a whole number of them goes back. */
  readonly minorUnit: Amount;
}

/** The money went back at the provider. */
export interface ProviderRefund {
  readonly origin: 'provider';
  readonly money: Amount;
  /** The provider's name for it: a refund is recorded once. */
  readonly reference: string;
}

/** Says what has become of the money of a refund. One that has succeeded may fail later: the bank has sent the money back. */
export interface SettleRefund {
  readonly purchase: ObjectRef;
  /** The refund's UUID; `null` of one that was made at the provider, which is known by its reference. */
  readonly refund: string | null;
  readonly status: 'succeeded' | 'failed';
  readonly reference: string | null;
}

/** Says what has become of a dispute about a payment. */
export interface RecordDispute {
  readonly purchase: ObjectRef;
  readonly state: 'opened' | 'won' | 'lost';
  /** The provider's name for the dispute. */
  readonly reference: string;
  /** How much of the price is disputed; `null`: all that hasn't gone back. */
  readonly money: Amount | null;
}

/** Asks for credits: to be held (authorize) or to be taken at once (charge). */
export interface SpendRequest extends Spending {
  readonly account: AccountRef;
  /** `null`: what the usage costs by the account's prices. */
  readonly amount: Amount | null;
  /** Of a charge, as in {@link StatedUsage}. */
  readonly costs?: readonly (Cost | null)[];
  readonly raw?: JsonObject | null;
  readonly metadata: JsonObject;
  /** What the request belongs to, by a name of the caller's. */
  readonly group?: string | null;
}

/** How much output a request may have, where its usage doesn't say. */
export interface OutputLimits {
  /** In tokens; `null`: what the price allows for. */
  readonly max: number | null;
  /** Whether less is held where the credits don't suffice for that. */
  readonly fit: boolean;
  /** The least that is worth holding, in tokens. */
  readonly min: number;
}

/** A request that says nothing of its output. */
export const NO_OUTPUT_LIMITS: OutputLimits = { max: null, min: 1, fit: false };

/** What was used, as a commit or an adjustment says it. */
export interface StatedUsage {
  /** Empty where only an amount is known, or nothing. */
  readonly usage: readonly Usage[];
  /** What the vendor says that each of them costs, where it does; it comes before what price lists say. */
  readonly costs?: readonly (Cost | null)[];
  readonly raw: JsonObject | null;
  readonly settlement: Exclude<Settlement, 'unpriced'>;
}

/** Where only an amount is said. */
export const NO_USAGE: StatedUsage = { usage: [], raw: null, settlement: 'exact' };

export interface Authorize extends SpendRequest {
  readonly holdSeconds: number;
  /** `null`: the account's. */
  readonly overage: OveragePolicy | null;
  readonly output?: OutputLimits;
}

export interface Commit {
  readonly authorization: ObjectRef;
  /** `null`: what the usage costs, or the whole hold where none is stated. */
  readonly amount: Amount | null;
  readonly stated?: StatedUsage;
  readonly final: boolean;
  readonly added?: Added | null;
}

export interface Extend {
  readonly authorization: ObjectRef;
  /** More to hold; `null`: what the usage may cost, or only more time where there is none. */
  readonly amount: Amount | null;
  /** What more may be used. */
  readonly usage?: readonly Usage[];
  /** The most output tokens of that usage, where it doesn't say. */
  readonly maxOutputTokens?: number | null;
  /** Counted from now; an expiry is never brought forward. `null`: only more credits. */
  readonly holdSeconds: number | null;
}

export interface Refund {
  readonly authorization: ObjectRef;
  /** `null`: all that was committed and not refunded yet. */
  readonly amount: Amount | null;
  readonly reason: string | null;
}

/** States what an authorization has used in all, in place of what was stated before. */
export interface Adjust {
  readonly authorization: ObjectRef;
  /** `null`: what the usage costs. */
  readonly amount: Amount | null;
  readonly stated: StatedUsage;
  readonly reason: string | null;
}

/** Makes an account's share of a limit as small as it can be, so that the limit gets the rest back. */
export interface ReturnShare {
  readonly account: AccountRef;
  /** The limit's UUID. */
  readonly limit: string;
  readonly window: Window;
  /** The last lease that is known. One with a higher number was made since, and the share stays as it is. */
  readonly lease: number;
}

/** Every way to change the books. */
export interface Commands {
  create_account: CreateAccount;
  update_account: UpdateAccount;
  set_account_status: SetAccountStatus;
  close_account: CloseAccount;
  write_off: WriteOff;
  erase_account: { readonly account: AccountRef };
  finish_erasure: { readonly account: AccountRef };
  set_alerts: SetAlerts;
  set_auto_topup: SetAutoTopup;
  put_budget: PutBudget;
  update_budget: UpdateBudget;
  delete_budget: { readonly account: AccountRef; readonly budget: BudgetRef };
  raise_budget: RaiseBudget;
  request_raise: RequestRaise;
  decide_raise: DecideRaise;
  set_rules: SetRules;
  set_plan: SetPlan;
  restrain: Restrain;
  resume_usage: ResumeUsage;
  tell: Tell;
  sweep: Sweep;
  create_grant: CreateGrant;
  put_recurring_grant: PutRecurringGrant;
  delete_recurring_grant: OfRecurringGrant;
  pause_recurring_grant: OfRecurringGrant;
  resume_recurring_grant: OfRecurringGrant;
  void_grant: VoidGrant;
  begin_purchase: BeginPurchase;
  record_payment: RecordPayment;
  cancel_purchase: { readonly purchase: ObjectRef };
  refund_purchase: RefundPurchase;
  settle_refund: SettleRefund;
  record_dispute: RecordDispute;
  authorize: Authorize;
  authorize_batch: { readonly mode: BatchMode; readonly items: readonly Authorize[] };
  charge: SpendRequest;
  charge_batch: { readonly mode: BatchMode; readonly items: readonly SpendRequest[] };
  commit: Commit;
  commit_batch: { readonly items: readonly Commit[] };
  void: { readonly authorization: ObjectRef };
  extend: Extend;
  refund: Refund;
  adjust: Adjust;
  return_share: ReturnShare;
}

export type CommandType = keyof Commands;
export type Command<T extends CommandType = CommandType> = { [K in T]: { readonly type: K } & Asked & Commands[K] }[T];

interface Asked {
  /** The UUID of the API key that asks; absent where the service itself does. */
  readonly keyId?: string;
}
