import type { Account } from '../account.ts';
import type { AlertRules } from '../alerts.ts';
import type { Budget } from '../budgets.ts';
import type { Authorization } from '../authorization.ts';
import type { AccountRef, ObjectRef } from '../commands.ts';
import type { Grant } from '../grant.ts';
import { isUnderWay, type Purchase } from '../purchases.ts';
import type { Rules } from '../rules.ts';
import { NO_PLANS, type PlanBook } from '../plan-book.ts';
import { NO_PRICES, type PriceBook } from '../price-book.ts';
import { accountKeyOf, type AccountKey } from '../ids.ts';
import type { Changes } from '../changes.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import { NO_SPAN_LIMITS, type Exhausted, type SpanLimitBook } from '../span-limits.ts';
import type { AccountState, LedgerState } from '../state.ts';

/** What holds for all accounts, by configuration. */
export interface LedgerRules {
  /** By environment, the alert rules of accounts that have none of their own. */
  readonly alertRules: ReadonlyMap<string, AlertRules>;
  /** By environment, the budgets that every account has. */
  readonly budgets: ReadonlyMap<string, readonly Budget[]>;
  /** By environment, the rules against usage that runs away. An account's own are laid over them. */
  readonly defaultRules: ReadonlyMap<string, Rules>;
  /** The most authorizations that an account may have open at once; infinity where nobody has set it. */
  readonly openHoldsMax: number;
  readonly commitSubscribers: CommitSubscribers;
  readonly prices: PriceBook;
  readonly plans: PlanBook;
  readonly spanLimits: SpanLimitBook;
}

/** Whose commits are reported by an event each: those of whole environments, and those of single accounts. */
export interface CommitSubscribers {
  readonly environments: ReadonlySet<string>;
  readonly accounts: ReadonlySet<AccountKey>;
}

export const NO_SUBSCRIBERS: CommitSubscribers = { environments: new Set(), accounts: new Set() };

export const NO_RULES: LedgerRules = {
  alertRules: new Map(),
  budgets: new Map(),
  defaultRules: new Map(),
  openHoldsMax: Number.POSITIVE_INFINITY,
  commitSubscribers: NO_SUBSCRIBERS,
  prices: NO_PRICES,
  plans: NO_PLANS,
  spanLimits: NO_SPAN_LIMITS,
};

/** What a decision works on. Time comes in with it. */
export interface DecisionContext {
  readonly state: LedgerState;
  readonly changes: Changes;
  /**
   * Real time, in milliseconds since 1970, the same for a whole batch. Ids are made of it; what happens to an account
   * happens at the account's own time, see {@link timeOf}.
   */
  readonly realNow: number;
  readonly rules: LedgerRules;
  /** The UUID of the API key that asks for what is being decided. */
  readonly keyId?: string;
  /** Limits that were found to have too little left for what is being decided; absent where nobody has looked for it. */
  readonly exhausted?: readonly Exhausted[];
}

/** The time that an account lives by, in milliseconds since 1970: real time, unless it has a test clock that is ahead. */
export function timeOf({ realNow }: Pick<DecisionContext, 'realNow'>, { account }: AccountState): number {
  return account.testClock === null ? realNow : realNow + account.testClock.aheadMs;
}

export function findAccount(context: DecisionContext, ref: AccountRef): AccountState | undefined {
  const found = context.state.accounts.get(ref.key);
  return found && isSame(found.account, ref) ? found : undefined;
}

/** An account that takes something new: one that exists and isn't closed. */
export function findOpenAccount(context: DecisionContext, ref: AccountRef): Outcome<AccountState> {
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  if (account.account.status === 'closed') return refused({ code: 'account_closed', account: ref.id });
  return accepted(account);
}

/** Two ids with one key are all but impossible; taking one for the other would be unforgivable. */
function isSame(account: Account, ref: AccountRef): boolean {
  return account.environment === ref.environment && account.id === ref.id;
}

export function findAuthorization(
  context: DecisionContext,
  ref: ObjectRef,
): { account: AccountState; authorization: Authorization } | undefined {
  const account = context.state.accounts.get(accountKeyOf(ref.id));
  const authorization = context.state.authorizations.get(ref.id);
  if (account?.account.environment !== ref.environment || !authorization) return undefined;
  return { account, authorization };
}

/** A grant that was loaded, because an authorization has pinned it or drawn on it. */
export function loadedGrant({ state }: DecisionContext, id: string): Grant {
  const grant = state.grants.get(id);
  if (!grant) throw new Error(`the grant ${id} was not loaded`);
  return grant;
}

export function findGrant(
  context: DecisionContext,
  ref: ObjectRef,
): { account: AccountState; grant: Grant } | undefined {
  const account = context.state.accounts.get(accountKeyOf(ref.id));
  const grant = context.state.grants.get(ref.id);
  if (account?.account.environment !== ref.environment || !grant) return undefined;
  return { account, grant };
}

export function findPurchase(
  context: DecisionContext,
  ref: ObjectRef,
): { account: AccountState; purchase: Purchase } | undefined {
  const account = context.state.accounts.get(accountKeyOf(ref.id));
  const purchase = context.state.purchases.get(ref.id);
  if (account?.account.environment !== ref.environment || !purchase) return undefined;
  return { account, purchase };
}

/** The account's purchase whose payment isn't decided yet: one that was loaded, or that this batch has begun. */
export function purchaseUnderWay(
  { state, changes }: DecisionContext,
  { refills, account }: AccountState,
): Purchase | null {
  const id = refills.underWay?.purchase;
  if (id === undefined) return null;
  const purchase = state.purchases.get(id) ?? [...changes.purchases.created].find((one) => one.id === id);
  if (!purchase || !isUnderWay(purchase)) throw new Error(`the purchase ${id} of ${account.id} was not loaded`);
  return purchase;
}
