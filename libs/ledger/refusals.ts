import type { Amount } from '#amounts';
import type { AccountTerms } from './account.ts';
import type { BudgetField } from './budgets.ts';
import type { ShareWant } from './span-limits.ts';

/**
 * Every reason to refuse a command, in order of precedence: where several hold, the first is given.
 * Idempotency comes before all of them; a replayed key never gets here with another answer than its first.
 */
export const REFUSAL_CODES = [
  'idempotency_key_reused',
  'account_not_found',
  'grant_not_found',
  'authorization_not_found',
  'budget_not_found',
  'recurring_grant_not_found',
  'purchase_not_found',
  'account_exists',
  'account_id_taken',
  'budget_exists',
  'raise_request_decided',
  'account_not_closed',
  'account_has_open_holds',
  'grant_already_expired',
  'grant_not_voidable',
  'returned_exceeds_paid',
  'write_off_exceeds_debt',
  'topup_under_way',
  'topup_not_under_way',
  'purchase_not_refundable',
  'refund_exceeds_purchase',
  'authorization_committed',
  'authorization_voided',
  'authorization_expired',
  'commit_too_late',
  'authorization_open',
  'refund_exceeds_committed',
  'tag_conflict',
  'adjusted_after_unpriced',
  'too_many_holds',
  'too_many_steps',
  'too_many_budgets',
  'too_many_recurring_grants',
  'too_many_raise_requests',
  'account_closed',
  'account_suspended',
  'unit_mismatch',
  'no_rate_card',
  'output_unbounded',
  'unpriced_usage',
  'usage_suspended',
  'request_too_large',
  'open_holds_exceeded',
  'spend_rate_exceeded',
  'budget_exceeded',
  'key_limit_exceeded',
  'environment_limit_exceeded',
  'insufficient_credits',
  'credits_held',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** What a decline tells the caller, so that a program can act on it. */
export interface Shortfall {
  /** The account's own id. */
  readonly account: string;
  readonly required: Amount;
  /** Available to this very request: credits of grants that may pay for it, less debt; the overdraft limit is beside it. */
  readonly available: Amount;
  readonly held: Amount;
  readonly shortfall: Amount;
  /** Free credits of grants whose scope excludes this request. */
  readonly outOfScope: Amount;
}

/** When to ask again. */
export interface RetryLater {
  /** When a hold of the account usually settles, at the latest when the next one of others expires; at least 1. */
  readonly retryAfterSeconds: number;
  /** When the next hold of others expires, by the account's clock, in milliseconds since 1970. */
  readonly holdExpiresAt: number;
  /** False where that may be later: not all open holds were known to the decision. */
  readonly expiryIsExact: boolean;
}

/** An authorization takes no more partial commits, or extensions by an amount. A final commit is always taken. */
export interface TooManySteps {
  readonly code: 'too_many_steps';
  /** What it has as many of as it may. */
  readonly counted: 'steps' | 'draws';
  readonly limit: number;
}

/** An account of this id is there, and isn't what the request asks for. */
export interface AccountExists {
  readonly code: 'account_exists';
  /** What of the request differs; at least one. */
  readonly differing: readonly ('unit' | keyof AccountTerms)[];
}

/** The account has a budget by this name that isn't what the request asks for. */
export interface BudgetExists {
  readonly code: 'budget_exists';
  readonly name: string;
  /** What of the request differs; at least one. */
  readonly differing: readonly BudgetField[];
}

/** A rate card whose prices are in another unit than the account's amounts. */
export interface UnitMismatch {
  readonly code: 'unit_mismatch';
  readonly unit: string;
  readonly cardUnit: string;
}

/** A commit names a tag that the authorization has with another value. */
export interface TagConflict {
  readonly code: 'tag_conflict';
  readonly tag: string;
  readonly value: string;
}

/** The account's prices have none for some of the usage. */
export interface UnpricedUsage {
  readonly code: 'unpriced_usage';
  /** Which of the request's usages, from 0. */
  readonly usage: readonly number[];
}

/** A usage whose output has a price, and no bound. */
export interface OutputUnbounded {
  readonly code: 'output_unbounded';
  /** Which of the request's usages, from 0. */
  readonly index: number;
}

/** The account is suspended, by an operator or by a rule. */
export interface AccountSuspended {
  readonly code: 'account_suspended';
  readonly account: string;
  /** The rule that did it, and until when, by the account's clock; absent where an operator did. */
  readonly by?: { readonly rule: string; readonly until: number | null };
}

/** A rule has suspended what a request is for: all that has this value of a tag. */
export interface UsageSuspended {
  readonly code: 'usage_suspended';
  readonly account: string;
  readonly rule: string;
  readonly tag: string;
  readonly value: string;
  /** By the account's clock; `null`: until somebody resumes it. */
  readonly until: number | null;
}

/** A request of more than a rule allows one to be. */
export interface RequestTooLarge {
  readonly code: 'request_too_large';
  readonly account: string;
  /** Of a rate: more than it lets through at once, so waiting doesn't help. */
  readonly rule: 'max_amount' | 'max_output_tokens' | 'rate';
  readonly required: Amount;
  readonly limit: Amount;
}

/** As many authorizations are open as a rule allows. */
export interface OpenHoldsExceeded {
  readonly code: 'open_holds_exceeded';
  readonly account: string;
  readonly limit: number;
}

/** More is spent in a short time than a rule allows, or somebody has to rest for a while. */
export interface SpendRateExceeded {
  readonly code: 'spend_rate_exceeded';
  readonly account: string;
  readonly rule: 'rate' | 'nap' | 'spike' | 'loop';
  /** The tag whose value it is about; `null` where it is about the account. */
  readonly tag: string | null;
  readonly value: string | null;
  /** At least 1. */
  readonly retryAfterSeconds: number;
}

/** How far the window of a limit is used up. */
export interface Exceeded {
  readonly account: string;
  readonly required: Amount;
  readonly limit: Amount;
  /** What is used in the window, less refunds. */
  readonly spent: Amount;
  /** What open authorizations hold of it. */
  readonly held: Amount;
  /** When its window ends, by the account's clock, in milliseconds since 1970; `null`: never. */
  readonly resetsAt: number | null;
  /** When to ask again; `null` where it doesn't help that open authorizations let go of what they hold. */
  readonly retryAfterSeconds: number | null;
  /** False where that may be later: not all open holds were known to the decision. */
  readonly expiryIsExact: boolean;
}

export interface BudgetExceeded extends Exceeded {
  readonly code: 'budget_exceeded';
  /** The budget's UUID. */
  readonly budget: string;
  readonly name: string;
  /** The value whose window it is; `null` where the budget has one for all. */
  readonly value: string | null;
}

export interface SpanLimitExceeded extends Exceeded {
  readonly code: 'key_limit_exceeded' | 'environment_limit_exceeded';
  /** What has to be leased to the account before it is known whether the limit allows for it; then the figures say nothing. */
  readonly wants: ShareWant | null;
}

/** The account has a purchase whose payment isn't decided yet. */
export interface PurchaseUnderWay {
  readonly code: 'topup_under_way';
  readonly account: string;
  /** The purchase's UUID. */
  readonly purchase: string;
}

/** More is to be refunded of a purchase than is left of it. */
export interface RefundExceedsPurchase {
  readonly code: 'refund_exceeds_purchase';
  /** What can still be refunded: of the credits that the price is said for, and of the price. */
  readonly credits: Amount;
  readonly money: Amount;
  readonly currency: string;
}

/** What needs no figures: the account says it. */
type AboutAccount =
  'no_rate_card' | 'account_not_found' | 'account_not_closed' | 'account_has_open_holds' | 'account_closed';

/** An account has so many already. */
type TooMany = 'too_many_budgets' | 'too_many_raise_requests' | 'too_many_recurring_grants';

export type Refusal =
  | ({ readonly code: 'insufficient_credits' } & Shortfall)
  | ({ readonly code: 'credits_held' } & RetryLater & Shortfall)
  | { readonly code: 'refund_exceeds_committed'; readonly refundable: Amount }
  | { readonly code: 'returned_exceeds_paid'; readonly returnable: Amount }
  | { readonly code: 'write_off_exceeds_debt'; readonly debt: Amount }
  | PurchaseUnderWay
  | RefundExceedsPurchase
  | { readonly code: 'too_many_holds'; readonly account: string; readonly limit: number }
  | { readonly code: TooMany; readonly account: string; readonly limit: number }
  | TooManySteps
  | AccountExists
  | BudgetExists
  | UnitMismatch
  | TagConflict
  | UnpricedUsage
  | OutputUnbounded
  | UsageSuspended
  | RequestTooLarge
  | OpenHoldsExceeded
  | SpendRateExceeded
  | BudgetExceeded
  | SpanLimitExceeded
  | AccountSuspended
  | { readonly code: AboutAccount; readonly account: string }
  | {
      readonly code: Exclude<
        RefusalCode,
        | 'insufficient_credits'
        | 'credits_held'
        | 'too_many_holds'
        | TooMany
        | 'budget_exists'
        | 'too_many_steps'
        | 'account_exists'
        | 'unit_mismatch'
        | 'tag_conflict'
        | 'unpriced_usage'
        | 'output_unbounded'
        | 'account_suspended'
        | 'usage_suspended'
        | 'request_too_large'
        | 'open_holds_exceeded'
        | 'spend_rate_exceeded'
        | 'budget_exceeded'
        | 'key_limit_exceeded'
        | 'environment_limit_exceeded'
        | AboutAccount
        | 'refund_exceeds_committed'
        | 'returned_exceeds_paid'
        | 'write_off_exceeds_debt'
        | 'topup_under_way'
        | 'refund_exceeds_purchase'
      >;
    };

export type Outcome<T> = { readonly ok: true; readonly value: T } | RefusedOutcome;

export interface RefusedOutcome {
  readonly ok: false;
  readonly refusal: Refusal;
  /** For a batch refused as a whole: how each item would have gone. */
  readonly items?: readonly Outcome<unknown>[];
}

export function accepted<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(refusal: Refusal): RefusedOutcome {
  return { ok: false, refusal };
}

export type LacksShare = SpanLimitExceeded & { readonly wants: ShareWant };

/** Whether an account's share of a limit was too small, and it isn't known yet whether the limit has more. */
export function lacksShare(refusal: Refusal | null): refusal is LacksShare {
  return refusal !== null && 'wants' in refusal && refusal.wants !== null;
}

/**
 * The refusal that speaks for a whole batch: the first in order of precedence; of those, one that waiting doesn't help against, and
 * then the earliest item's.
 */
export function gravest(refusals: readonly Refusal[]): Refusal | undefined {
  return refusals.toSorted(
    (a, b) =>
      REFUSAL_CODES.indexOf(a.code) - REFUSAL_CODES.indexOf(b.code) ||
      Number(mayPassLater(a)) - Number(mayPassLater(b)),
  )[0];
}

function mayPassLater(refusal: Refusal): boolean {
  return 'retryAfterSeconds' in refusal && refusal.retryAfterSeconds !== null;
}

/**
 * Whether the answer is remembered under its idempotency key. A "no" for want of credits, or under a limit, is business and stays a
 * "no"; a conflict with the present state isn't, and the key may be used again. So it may where something was asked for too fast.
 */
export function isRemembered(outcome: Outcome<unknown>): boolean {
  return outcome.ok || (isDecline(outcome.refusal.code) && outcome.refusal.code !== 'spend_rate_exceeded');
}

const DECLINES: ReadonlySet<RefusalCode> = new Set([
  'account_closed',
  'account_suspended',
  'usage_suspended',
  'request_too_large',
  'open_holds_exceeded',
  'spend_rate_exceeded',
  'budget_exceeded',
  'key_limit_exceeded',
  'environment_limit_exceeded',
  'insufficient_credits',
  'credits_held',
]);

/** A "no" for want of credits, under a limit, or because the account is suspended or closed. */
export function isDecline(code: RefusalCode): boolean {
  return DECLINES.has(code);
}
