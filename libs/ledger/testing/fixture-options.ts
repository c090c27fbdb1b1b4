import type { AccountTerms } from '../account.ts';
import { Amount } from '#amounts';
import type { Added, OveragePolicy, Tags, Usage } from '../authorization.ts';
import type { OutputLimits, StatedUsage } from '../commands.ts';
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
