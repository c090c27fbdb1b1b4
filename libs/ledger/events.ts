import type { AuthorizationStatus, OveragePolicy, Tags } from './authorization.ts';
import type { Remainder } from './account.ts';
import type { GrantCategory } from './grant.ts';
import type { AccountKey } from './ids.ts';
import type { AnomalyOpenedData, RunOutData } from './news.ts';
import type { ProviderName, TopupCap } from './auto-topup.ts';
import type { PaymentFailure, PurchaseDispute, PurchaseRefund } from './purchases.ts';
import type { RestrainingRule } from './restraints.ts';
import type { Action, RatePeriod } from './rules.ts';

/**
 * Every event that customers can receive, and its fields beside the account, its number and its balance. Amounts are decimals as
 * strings, ids are public, times are RFC 3339.
 */
export interface LedgerEvents {
  'grant.created': GrantData;
  'grant.voided': GrantData & { readonly amount_voided: string };
  /** Some time before a grant expires, while something of it remains: by default 7 days and 1 day. */
  'grant.expiring': GrantData;
  /** What was neither spent nor held is lost. */
  'grant.expired': GrantData & { readonly amount_expired: string };
  /** What a hold had pinned of an expired grant and let go, or what a refund gave back to it, is lost too. Or its account was closed. */
  'grant.remainder_expired': GrantData & { readonly amount_expired: string };
  /** The same of a voided grant: it is taken back too. Or its account was closed, and what was left was returned. */
  'grant.remainder_voided': GrantData & { readonly amount_voided: string };
  'authorization.expired': { readonly authorization: string; readonly released: string };
  /** How many requests were declined in a minute; emitted when it has passed, once per account and minute. */
  'authorization.declined': {
    readonly requests: number;
    /** When it began, in real time. */
    readonly minute: string;
  };
  /**
   * A commit or a charge, with the figures of its authorization right after it. Emitted only where an endpoint names this type:
   * a busy service has thousands a second.
   */
  'authorization.committed': {
    readonly authorization: string;
    /** `authorized` after a partial commit. */
    readonly status: AuthorizationStatus;
    readonly amount: string;
    readonly held: string;
    readonly committed: string;
    readonly uncollected: string;
    readonly refunded: string;
    readonly overage: OveragePolicy;
    readonly late: boolean;
    readonly tags: Tags;
  };
  /** A commit asked for more than credits and debt covered. The figures are those of this commit alone. */
  'usage.uncollected': {
    readonly authorization: string;
    /** What the commit asked for: the sum of the next two. */
    readonly required: string;
    readonly committed: string;
    readonly uncollected: string;
    readonly overage: OveragePolicy;
  };
  /** A commit stated usage that nothing has a price for. What was held was charged, or what its other usage cost, if that is more. */
  'usage.unpriced': {
    readonly authorization: string;
    /** What of the commit's usage has no price. */
    readonly usage: readonly { readonly event: string; readonly model: string | null }[];
    /** What it was charged in place of a price; less was collected where the credits didn't suffice. */
    readonly charged: string;
  };
  /** A period of a commitment has ended, and what was missing was charged. */
  'commitment.settled': CommitmentPeriodData & {
    /** What was missing: the sum of `charged` and `uncollected`. */
    readonly shortfall: string;
  };
  /** Usage of a settled period was charged late. It was set off against the shortfall, of which the figures say what is left. */
  'commitment.set_off': CommitmentPeriodData & { readonly set_off: string };
  /** What is spent in a window of a budget has reached a threshold; once per window and threshold. */
  'budget.threshold_reached': BudgetWindowData & {
    /** The highest threshold that this write has reached, and all of them. */
    readonly percent: number;
    readonly crossed: readonly number[];
    /** How much is spent of the amount, or of what is expected, in percent with at most two decimals. */
    readonly used_percent: string;
  };
  /** More is spent in a window of a budget than its limit; once per window. */
  'budget.exceeded': BudgetWindowData;
  /** Somebody who may not raise a budget has asked for it. */
  'budget.raise_requested': RaiseRequestData;
  /** The budget was raised as asked for. */
  'budget.raise_approved': RaiseRequestData;
  'budget.raise_denied': RaiseRequestData & {
    /** Why. */
    readonly denial: string | null;
  };
  /** A rule has found an hour that is a spike, or a minute in which the same request came too often; once per window, rule and value. */
  'usage.spike_detected': AboutRestraint & {
    readonly window: { readonly start: string; readonly end: string };
    /** Credits spent in the hour by then, or requests of the minute. */
    readonly found: string;
    /** From how many on it is reported. */
    readonly threshold: string;
    /** The median of the same hours of the days before; `null` of a loop. */
    readonly usual: string | null;
    /** What the rule does about it. */
    readonly action: Action;
    /** When that ends; `null`: when somebody resumes, or there is nothing to end. */
    readonly until: string | null;
  };
  /** A rule has slowed an account, or a value of a tag, down to a rate. */
  'usage.throttled': AboutRestraint & {
    readonly amount: string | null;
    readonly requests: number | null;
    readonly per: RatePeriod;
    readonly until: string | null;
  };
  /** What a rule has done about an account, or a value of a tag, has ended: by itself, or because somebody resumed it. */
  'usage.resumed': AboutRestraint & {
    readonly action: Exclude<Action, 'alert'>;
    readonly since: string;
    readonly reason: 'ended' | 'resumed';
  };
  /** An hour has used more than is usual, of everything or of one model; once per episode. */
  'anomaly.opened': AnomalyOpenedData;
  /** The credits will run out within as many days as the account's alerts say; once until they last longer again. */
  'forecast.runs_out': RunOutData;
  /** A payment has succeeded, and its credits are granted. */
  'topup.succeeded': TopupData;
  /** A payment has failed or was canceled, or another amount was paid than the price. Nothing is granted. */
  'topup.failed': TopupData;
  /** The customer has to confirm a payment, at `action_url`. */
  'topup.requires_action': TopupData;
  /** Payments that the account's rule had begun have failed so often, or one is disputed or refunded, that it buys nothing any more. */
  'topup.suspended': PaymentData & {
    /** Of the last one, or of the one that is disputed or refunded. */
    readonly price: string;
    readonly provider: ProviderName;
    /** How many have failed in a row; none, if one is disputed or refunded. */
    readonly declines: number;
    readonly failure: PaymentFailure | null;
  };
  /** The account runs low, and its rule has bought as much as it may in this day, week or month; once in each. */
  'topup.cap_reached': {
    readonly cap: 'count' | 'amount';
    readonly period: TopupCap['period'];
    readonly window: { readonly start: string; readonly end: string };
    /** Purchases or credits that it may buy, and has bought or begun to buy. */
    readonly limit: string;
    readonly bought: string;
  };
  /** Money of a purchase goes back: once when it was asked for, and once when that has succeeded or failed. */
  'payment.refunded': PaymentData & {
    readonly refund: string;
    readonly origin: PurchaseRefund['origin'];
    readonly status: PurchaseRefund['status'];
    readonly money: string;
    /** What was taken back; of a refund that has failed, what was given again. */
    readonly credits: string;
    /** What the money had paid for besides, and what is spent or held or has expired. */
    readonly lost_credits: string;
  };
  /** A payment is disputed, or it is decided who keeps the money. */
  'payment.disputed': PaymentData & {
    readonly state: PurchaseDispute['state'];
    /** The provider's name for the dispute. */
    readonly reference: string;
    readonly money: string;
    /** What is frozen; when the dispute is won, what is released; when it is lost, what is taken back. */
    readonly credits: string;
    /** What couldn't be taken back, because it is spent or held or has expired. */
    readonly lost_credits: string;
  };
  /** An account has come to a plan, to another version of its plan, or its plan has ended. */
  'plan.changed': PlanChangeData;
  'account.suspended': { readonly status: 'suspended' };
  /** What was left of all its grants, scheduled ones included, and where it went. */
  'account.closed': { readonly status: 'closed'; readonly remainder: Remainder; readonly amount_left: string };
  /** Used percent of the last fill has reached a threshold; once per epoch and threshold. */
  'balance.threshold_reached': ThresholdData;
  /** The posted balance has fallen to a level. */
  'balance.low': {
    readonly level: string;
    /** All levels that this write has reached; the lowest is `level`. */
    readonly crossed: readonly string[];
    readonly forecast: ForecastData | null;
  };
  /** Nothing is left: the posted balance has fallen to zero or below. */
  'balance.exhausted': { readonly epoch: number };
  /** A fill after an alert, or after nothing was left. */
  'balance.replenished': { readonly epoch: number; readonly basis: string };
}
export type LedgerEventType = keyof LedgerEvents;

const EACH: { readonly [T in LedgerEventType]: true } = {
  'grant.created': true,
  'grant.voided': true,
  'grant.expiring': true,
  'grant.expired': true,
  'grant.remainder_expired': true,
  'grant.remainder_voided': true,
  'authorization.expired': true,
  'authorization.declined': true,
  'authorization.committed': true,
  'usage.uncollected': true,
  'usage.unpriced': true,
  'commitment.settled': true,
  'commitment.set_off': true,
  'budget.threshold_reached': true,
  'budget.exceeded': true,
  'budget.raise_requested': true,
  'budget.raise_approved': true,
  'budget.raise_denied': true,
  'usage.spike_detected': true,
  'usage.throttled': true,
  'usage.resumed': true,
  'anomaly.opened': true,
  'forecast.runs_out': true,
  'topup.succeeded': true,
  'topup.failed': true,
  'topup.requires_action': true,
  'topup.suspended': true,
  'topup.cap_reached': true,
  'payment.refunded': true,
  'payment.disputed': true,
  'plan.changed': true,
  'account.suspended': true,
  'account.closed': true,
  'balance.threshold_reached': true,
  'balance.low': true,
  'balance.exhausted': true,
  'balance.replenished': true,
};
export const LEDGER_EVENT_TYPES = Object.keys(EACH) as readonly LedgerEventType[];

export interface GrantData {
  readonly grant: string;
  readonly category: GrantCategory;
  readonly amount: string;
  readonly remaining: string;
  readonly effective_at: string;
  readonly expires_at: string | null;
}

export interface TopupData {
  /** Two ids of the same thing. */
  readonly topup: string;
  readonly purchase: string;
  readonly credits: string;
  readonly bonus_credits: string;
  readonly price: string;
  readonly currency: string;
  readonly provider: ProviderName;
  /** Whether a rule of the account began it. */
  readonly automatic: boolean;
  readonly failure: PaymentFailure | null;
  readonly action_url: string | null;
  /** What was paid, where it isn't the price. */
  readonly paid: { readonly amount: string; readonly currency: string } | null;
  readonly grants: readonly string[];
  /** Of a payment that has failed: when the account's rule tries again, at the earliest; `null`: not by itself. */
  readonly next_attempt_at: string | null;
}

export interface PaymentData {
  readonly purchase: string;
  readonly topup: string;
  readonly currency: string;
}

interface AboutRestraint {
  readonly rule: RestrainingRule;
  /** The tag whose value it is about; `null`: the whole account. */
  readonly tag: string | null;
  readonly value: string | null;
}

export interface CommitmentPeriodData {
  readonly period_start: string;
  readonly period_end: string;
  /** What was to be spent, and what was. */
  readonly amount: string;
  readonly spent: string;
  /** What of the shortfall was charged, and what neither credits nor debt covered. */
  readonly charged: string;
  readonly uncollected: string;
}

export interface BudgetWindowData {
  readonly budget: string;
  readonly name: string;
  /** The value whose window it is; `null` where the budget has one for all. */
  readonly value: string | null;
  /** `end` is `null` where it never ends. */
  readonly window: { readonly start: string; readonly end: string | null };
  readonly spent: string;
  /** Its amount, or what it was raised to. */
  readonly limit: string;
}

export interface RaiseRequestData {
  readonly raise_request: string;
  readonly budget: string;
  readonly name: string;
  /** What the budget would allow for until then. */
  readonly amount: string;
  readonly until: string;
  readonly reason: string;
}

interface ThresholdData {
  /** The highest threshold that this write has reached, and all of them. */
  readonly percent: number;
  readonly crossed: readonly number[];
  /** How much is used, in percent with at most two decimals. */
  readonly used_percent: string;
  readonly basis: string;
  readonly epoch: number;
  readonly forecast: ForecastData | null;
}

/** At the last hour's rate; `null` where nothing was used in it. */
export interface ForecastData {
  readonly hours_left: string;
  readonly used_last_hour: string;
}

/** What is told of limits over many accounts, to the operator: no account owns these events. */
export interface LimitEvents {
  /** So much of a key's limit is spent; once per window and threshold. */
  'key_limit.threshold_reached': LimitReached & {
    /** The key; the newest one, where it was rolled. */
    readonly key: string;
  };
  /** The same of an environment's limit. */
  'environment_limit.threshold_reached': LimitReached;
}
export type LimitEventType = keyof LimitEvents;

const OF_LIMITS: { readonly [T in LimitEventType]: true } = {
  'key_limit.threshold_reached': true,
  'environment_limit.threshold_reached': true,
};
export const LIMIT_EVENT_TYPES = Object.keys(OF_LIMITS) as readonly LimitEventType[];

interface LimitReached {
  /** The limit's id, and its amount. */
  readonly limit_id: string;
  readonly limit: string;
  readonly unit: string;
  /** By the limit's calendar; an end of `null`: never. */
  readonly window: { readonly start: string; readonly end: string | null };
  /** What all accounts have spent in the window, less refunds. */
  readonly spent: string;
  /** The highest threshold that is reached now, and all that weren't told yet. */
  readonly percent: number;
  readonly crossed: readonly number[];
  /** How much is spent, in percent with at most two decimals. */
  readonly used_percent: string;
}

/** The fields of every event about an account. A receiver drops one whose `sequence` is lower than one it has seen. */
export interface AboutAccount {
  readonly account: string;
  readonly sequence: number;
  readonly balance: {
    readonly posted: string;
    readonly held: string;
    readonly available: string;
    readonly unit: string;
  };
}

/** An event as it is kept and sent, in the transaction that makes it true. */
export type LedgerEvent<T extends LedgerEventType = LedgerEventType> = {
  readonly [K in T]: {
    readonly id: string;
    readonly accountKey: AccountKey;
    readonly environment: string;
    readonly type: K;
    readonly sequence: number;
    readonly data: AboutAccount & LedgerEvents[K];
    /** By the account's clock, in milliseconds since 1970. */
    readonly occurredAt: number;
  };
}[T];

/** Why an alert isn't sent again: a percentage of an epoch, or a level of an arming. */
export interface SentAlert {
  readonly accountKey: AccountKey;
  readonly rule: 'percent' | 'remaining';
  readonly round: number;
  readonly threshold: string;
  readonly eventId: string;
}

/** Why an alert of a budget isn't sent again: a threshold of a window, or that its limit was exceeded. */
export interface SentBudgetAlert {
  readonly accountKey: AccountKey;
  readonly counter: string;
  readonly windowStart: number;
  /** In percent, or `exceeded`. */
  readonly threshold: string;
  readonly eventId: string;
}

/** What a change of plans did. */
export interface PlanChangeData {
  /** `null`: it is on none any more. */
  readonly plan: string | null;
  readonly name: string | null;
  readonly version: number | null;
  /** The plan that it was on before. */
  readonly previous: string | null;
  readonly effective_at: string;
  /** What was taken back of the allowances before, and granted of the new ones, for the rest of running periods. */
  readonly taken_back: string;
  readonly granted: string;
}
