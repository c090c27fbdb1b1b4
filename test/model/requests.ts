import type { PlanName, RecurringTermsAsk } from './refill-terms.ts';
import type { Prices } from './reference-prices.ts';
import type { BatchMode, GrantCategory, GrantScope, OveragePolicy, Tags, Usage } from '#ledger';

/** The customers of every sequence. The last one has the id of the first, in another environment. */
export const ACCOUNTS = ['anna', 'ben', 'carl', 'anna@test'] as const;
export type AccountName = (typeof ACCOUNTS)[number];

/** Names a grant or authorization by the request that made it: `grant#3`, `auth#5`, `auth#8.2` for a batch's third item. */
export type ObjectName = string;

/** Before the name of an object: the request comes from another environment than the object's. */
export const FOREIGN = '~';

export interface Ask {
  readonly account: AccountName;
  /** `null`: what the usage costs. */
  readonly amount: string | null;
  readonly usage: readonly Usage[];
  readonly tags: Tags;
  /** With the API key; the items of a batch never are, because which of them get what is left is the service's to choose. */
  readonly withKey: boolean;
}

export interface HoldAsk extends Ask {
  readonly seconds: number;
  /** `null`: the account's. */
  readonly overage: OveragePolicy | null;
}

/** Zones whose clocks never change. */
export type BudgetZone = 'UTC' | 'Asia/Kathmandu';

/** What a rule does about what it finds. */
interface ReactionAsk {
  readonly action: 'alert' | 'throttle' | 'suspend';
  readonly seconds: number | null;
  readonly tag: string | null;
}

/** An account's own rules. */
export interface RulesAsk {
  readonly maxAmount: string | null;
  readonly maxOpenHolds: number | null;
  readonly maxOutput: number | null;
  readonly rate: readonly {
    readonly of: 'amount' | 'requests';
    readonly limit: string;
    readonly per: 'second' | 'minute' | 'hour';
    readonly tag: string | null;
  }[];
  readonly nap: readonly { readonly over: number; readonly seconds: number; readonly tag: string | null }[];
  readonly loop: readonly (ReactionAsk & { readonly times: number })[];
  readonly spike: readonly (ReactionAsk & { readonly factor: string; readonly floor: string })[];
  readonly exempt: boolean;
}

/** What was found in what an account used. */
export interface Finding {
  readonly kind: 'loop' | 'spike';
  readonly rule: RulesAsk['loop'][number] | RulesAsk['spike'][number];
  readonly value: string | null;
  readonly start: number;
  /** What is usual in an hour. */
  readonly usual: string;
}

/** A rule to buy credits. Each account's cap is of a period of its own, so that it never changes. */
export interface TopupAsk {
  readonly enabled: boolean;
  readonly on: 'available' | 'posted';
  readonly threshold: string;
  /** A package is of 10 credits and a bonus of 10. */
  readonly buys: { readonly amount: string } | { readonly target: string } | 'package';
  readonly method: string;
  /** Milliseconds. */
  readonly cooldown: number;
  readonly most: { readonly count: number; readonly amount: string | null };
  /** From the payment on, in milliseconds; `null`: for ever. */
  readonly lifetime: number | null;
}

export interface RecurringAsk {
  readonly terms: RecurringTermsAsk;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly anchor: number | null;
}

export interface CommitAsk {
  readonly authorization: ObjectName;
  /** `null`: what the usage costs; without usage, the whole hold. */
  readonly amount: string | null;
  readonly usage: readonly Usage[];
  readonly final: boolean;
}

/** Every command, in plain words: amounts are text, times milliseconds since the sequence began. */
export interface Requests {
  create_account: {
    readonly account: AccountName;
    readonly unit: string;
    readonly limit: string;
    readonly overage: OveragePolicy;
    readonly prices: Prices;
    /** A month; `null` for none. */
    readonly commitment: string | null;
  };
  update_account: {
    readonly account: AccountName;
    readonly limit?: string;
    readonly overage?: OveragePolicy;
    readonly prices?: Prices;
    readonly commitment?: string | null;
  };
  set_account_status: { readonly account: AccountName; readonly status: 'active' | 'suspended' };
  close_account: { readonly account: AccountName; readonly remainder: 'breakage' | 'return' };
  write_off: { readonly account: AccountName; readonly amount: string | null };
  create_grant: {
    readonly account: AccountName;
    readonly amount: string;
    readonly category: GrantCategory;
    readonly priority: number;
    readonly scope: GrantScope | null;
    readonly effectiveAt: number | null;
    readonly expiresAt: number | null;
  };
  put_budget: {
    readonly account: AccountName;
    readonly name: string;
    readonly amount: string;
    readonly period: 'day' | 'month' | 'total';
    readonly mode: 'hard' | 'soft';
    readonly scope: Readonly<Record<string, readonly string[]>>;
    readonly per: string | null;
    readonly zone: BudgetZone | null;
    readonly until: number | null;
    readonly mustBeNew: boolean;
  };
  delete_budget: { readonly account: AccountName; readonly name: string };
  raise_budget: {
    readonly account: AccountName;
    readonly name: string;
    readonly raise: { readonly amount: string; readonly until: number } | null;
  };
  set_rules: { readonly account: AccountName; readonly rules: RulesAsk };
  restrain: { readonly account: AccountName; readonly finding: Finding };
  resume: { readonly account: AccountName; readonly tag: string | null };
  /** A bonus is as much as the credits. */
  buy: {
    readonly account: AccountName;
    readonly credits: string;
    readonly hasBonus: boolean;
    readonly price: string;
    /** From the payment on, in milliseconds; `null`: for ever. */
    readonly lifetime: number | null;
  };
  /** Says what has become of a payment. */
  pay: { readonly purchase: ObjectName; readonly result: 'succeeded' | 'failed' | 'other amount' };
  cancel_purchase: { readonly purchase: ObjectName };
  /** Somebody gives money back at the provider. */
  return_money: { readonly purchase: ObjectName; readonly money: string; readonly reference: string };
  /** Sets the account's rule to buy credits; `null`: none any more. */
  set_topup: { readonly account: AccountName; readonly rule: TopupAsk | null };
  put_recurring: { readonly account: AccountName; readonly name: string } & RecurringAsk;
  change_recurring: {
    readonly account: AccountName;
    readonly name: string;
    readonly change: 'pause' | 'resume' | 'delete';
  };
  set_plan: {
    readonly account: AccountName;
    readonly plan: PlanName | null;
    readonly effective: 'now' | 'next_period';
    /** Only where it is effective now. */
    readonly prorate: boolean;
  };
  /** Gives the API key its limit. */
  limit_key: { readonly amount: string; readonly period: 'day' | 'total' };
  void_grant: { readonly grant: ObjectName };
  authorize: HoldAsk;
  authorize_batch: { readonly mode: BatchMode; readonly items: readonly HoldAsk[] };
  charge: Ask;
  charge_batch: { readonly mode: BatchMode; readonly items: readonly Ask[] };
  commit: CommitAsk;
  commit_batch: { readonly items: readonly CommitAsk[] };
  void: { readonly authorization: ObjectName };
  extend: {
    readonly authorization: ObjectName;
    readonly amount: string | null;
    readonly usage: readonly Usage[];
    readonly seconds: number | null;
  };
  refund: { readonly authorization: ObjectName; readonly amount: string | null };
  /** One of both is given. */
  adjust: { readonly authorization: ObjectName; readonly amount: string | null; readonly usage: readonly Usage[] };
}

export type RequestType = keyof Requests;
export type Request<T extends RequestType = RequestType> = { [K in T]: { readonly type: K } & Requests[K] }[T];

/** A request as it goes out. */
export interface Sent {
  readonly request: Request;
  /** The idempotency key. */
  readonly key: string | null;
}

/** What both the reference and the service say, in the same plain words; amounts are text. */
export interface Answer {
  /** `ok`, or the code of the refusal. */
  readonly code: string;
  readonly [field: string]: unknown;
}

export interface Told {
  readonly answer: Answer;
  /** The answer had been given before, under the same key. */
  readonly replayed: boolean;
}
