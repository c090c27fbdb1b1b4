import type { AccountTerms } from '../account.ts';
import { Amount } from '#amounts';
import type { OveragePolicy, Tags, Usage } from '../authorization.ts';
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
  readonly timeZone?: string;
  readonly metadata?: AccountTerms['metadata'];
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
}

export interface HoldOptions extends SpendOptions {
  readonly holdSeconds?: number;
  readonly overage?: OveragePolicy;
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
  readonly amount: string;
}

export interface AlertOptions {
  readonly percent?: readonly number[] | null;
  readonly remaining?: readonly string[] | null;
}

export function termsOf({ overdraftLimit, ...terms }: Omit<AccountOptions, 'unit'>): Partial<AccountTerms> {
  return overdraftLimit === undefined ? terms : { ...terms, overdraftLimit: new Amount(overdraftLimit) };
}

/** What a command that may leave out its amount is given. */
export function amountOf(text: string | undefined): Amount | null {
  return text === undefined ? null : new Amount(text);
}
