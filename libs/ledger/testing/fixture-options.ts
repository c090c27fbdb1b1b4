import type { AccountTerms } from '../account.ts';
import { Amount } from '#amounts';
import type { Added, OveragePolicy, Tags, Usage } from '../authorization.ts';
import { DEFAULT_BUDGET_THRESHOLDS, type Budget } from '../budgets.ts';
import type { OutputLimits, StatedUsage } from '../commands.ts';
import { newUuid } from '../ids.ts';
import type { GrantCategory, GrantScope } from '../grant.ts';

// What a spec may say of a command; what it leaves out is the fixture's.

/** Anything with an id: an answer of the fixture, or an id made up. */
export interface Named {
  readonly id: string;
}

export interface AccountOptions {
  readonly unit?: string;
  readonly name?: string;
  readonly overdraftLimit?: string;
  readonly overage?: OveragePolicy;
  readonly commitment?: string | null;
  readonly metadata?: AccountTerms['metadata'];
  readonly timeZone?: string;
  readonly rateCard?: string;
  readonly discount?: string;
  readonly overrides?: AccountTerms['overrides'];
}

export interface CreateOptions extends AccountOptions {
  readonly orExisting?: boolean;
}

export interface GrantOptions {
  readonly account?: string;
  readonly category?: GrantCategory;
  readonly priority?: number;
  readonly scope?: GrantScope;
  /** Seconds from now. */
  readonly effectiveIn?: number;
  readonly expiresIn?: number;
}

export interface SpendOptions {
  readonly account?: string;
  readonly usage?: readonly Usage[];
  readonly tags?: Tags;
  /** The UUID of the API key that asks. */
  readonly keyId?: string;
}

export interface HoldOptions extends SpendOptions {
  readonly holdSeconds?: number;
  readonly overage?: OveragePolicy;
  readonly output?: OutputLimits;
}

/** What a commit or an adjustment says beside its usage. */
export interface StateOptions {
  readonly amount?: string;
  readonly final?: boolean;
  readonly settlement?: StatedUsage['settlement'];
  readonly added?: Added;
  readonly reason?: string;
}

export interface ExtendOptions {
  readonly amount?: string;
  readonly holdSeconds?: number | null;
  readonly environment?: string;
}

export interface RefundOptions {
  readonly reason?: string | null;
  readonly environment?: string;
}

export interface BatchItem extends HoldOptions {
  /** Without one, what the usage costs. */
  readonly amount?: string;
}

export interface AlertOptions {
  readonly percent?: readonly number[] | null;
  readonly remaining?: readonly string[] | null;
}

/** A hard budget of 100 a day of all that is spent, unless something else is said. Times are seconds from now. */
export interface BudgetOptions extends Partial<
  Pick<Budget, 'period' | 'timeZone' | 'mode' | 'scope' | 'per' | 'thresholds' | 'owner'>
> {
  readonly id?: string;
  readonly amount?: string;
  readonly expected?: string;
  /** An instant. */
  readonly anchor?: string;
  readonly until?: number;
}

export function budgetOf(name: string, options: BudgetOptions, now: number): Budget {
  const { amount = '100', expected, anchor, until, ...rest } = options;
  return {
    name,
    id: newUuid(now),
    period: 'day',
    timeZone: null,
    mode: 'hard',
    scope: {},
    per: null,
    thresholds: DEFAULT_BUDGET_THRESHOLDS,
    owner: 'operator',
    raise: null,
    createdAt: now,
    ...rest,
    amount: new Amount(amount),
    expected: amountOf(expected),
    anchor: anchor === undefined ? null : Date.parse(anchor),
    until: until === undefined ? null : now + until * 1000,
  };
}

export function termsOf({
  overdraftLimit,
  discount,
  commitment,
  ...terms
}: Omit<AccountOptions, 'unit'>): Partial<AccountTerms> {
  return {
    ...terms,
    ...(overdraftLimit !== undefined && { overdraftLimit: new Amount(overdraftLimit) }),
    ...(discount !== undefined && { discount: new Amount(discount) }),
    ...(commitment !== undefined && { commitment: commitment === null ? null : new Amount(commitment) }),
  };
}

/** What a command that may leave out its amount is given. */
export function amountOf(text: string | undefined): Amount | null {
  return text === undefined ? null : new Amount(text);
}

export function askedBy({ keyId }: SpendOptions): { readonly keyId?: string } {
  return keyId === undefined ? {} : { keyId };
}
