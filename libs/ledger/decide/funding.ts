import { type Amount, smallerOf, ZERO } from '#amounts';
import type { Authorization, GrantShare, Spending } from '../authorization.ts';
import { isSpendable, mayPayFor, type Grant } from '../grant.ts';
import type { HoldExpiries } from '../hold-expiries.ts';
import type { Refusal } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/** Where an amount would come from. */
export interface Funding {
  /** Unpinned credits, in burn-down order; together at most the amount asked for. */
  readonly shares: readonly { readonly grant: Grant; readonly amount: Amount }[];
  /** What of the amount these credits don't cover. */
  readonly missing: Amount;
  /** Available to this request: usable credits less debt and overdraft already promised. Exact where it is less than the amount. */
  readonly available: Amount;
  /** Free credits of grants whose scope excludes this. All of them, where what is available is less than the amount. */
  readonly outOfScope: Amount;
}

/** Finds the credits that may pay for this, and takes none. It looks only where something is free, until there is enough. */
export function fund(
  context: DecisionContext,
  account: AccountState,
  spending: Spending,
  amount: Amount,
  at = timeOf(context, account),
): Funding {
  const burden = burdenOf(account);
  const enough = amount.plus(burden);
  const shares: { grant: Grant; amount: Amount }[] = [];
  let usable = ZERO;
  let missing = amount;
  let outOfScope = ZERO;
  skipUnfree(account);
  for (let index = account.freeFrom; usable.lt(enough); index += 1) {
    const grant = account.grants[index];
    if (!grant) break;
    const free = grant.remaining.minus(grant.held);
    if (free.isZero() || !isSpendable(grant, at)) continue;
    if (!mayPayFor(grant, spending)) {
      outOfScope = outOfScope.plus(free);
      continue;
    }
    usable = usable.plus(free);
    const share = smallerOf(free, missing);
    if (share.isZero()) continue;
    shares.push({ grant, amount: share });
    missing = missing.minus(share);
  }
  return { shares, missing, available: usable.minus(burden), outOfScope };
}

/** An account may have thousands of grants that are pinned to the last credit; no request walks them twice. */
function skipUnfree(account: AccountState): void {
  let grant = account.grants[account.freeFrom];
  while (grant?.remaining.eq(grant.held)) {
    account.freeFrom += 1;
    grant = account.grants[account.freeFrom];
  }
}

/** Whether the amount is available, the account's overdraft limit included. */
export function covers(account: AccountState, funding: Funding, amount: Amount): boolean {
  return funding.available.plus(account.account.terms.overdraftLimit).gte(amount);
}

/** The first part of some shares, up to an amount. */
export function firstOf(shares: Funding['shares'], amount: Amount): Funding['shares'] {
  const first: { grant: Grant; amount: Amount }[] = [];
  let left = amount;
  for (const share of shares) {
    if (left.isZero()) break;
    const part = smallerOf(share.amount, left);
    first.push({ grant: share.grant, amount: part });
    left = left.minus(part);
  }
  return first;
}

/** What the same request has pinned already: waiting for others doesn't bring it back. */
export interface OwnPins {
  readonly shares: readonly GrantShare[];
  readonly overdraft: Amount;
  /** What earlier items of the same batch lack: credits that come free can't serve both. */
  readonly lacking: Amount;
  readonly nextExpiry: NextExpiry;
}

/** When the next hold expires, and its credits come free at the latest. */
export interface NextExpiry {
  /** By the account's clock; `null` where no hold is open. */
  readonly at: number | null;
  /** False where it may be later. */
  readonly isExact: boolean;
}

export function nextExpiryOf({ holdExpiries }: AccountState): NextExpiry {
  return expiryIn(holdExpiries);
}

function expiryIn(expiries: Pick<HoldExpiries, 'earliest' | 'isExact'>): NextExpiry {
  return { at: expiries.earliest(), isExact: expiries.isExact() };
}

/** What an authorization has pinned itself. */
export function pinnedBy(account: AccountState, authorization: Authorization): OwnPins {
  const { id, allocations, overdraftHeld } = authorization;
  const nextExpiry = expiryIn(account.holdExpiries.withoutHold(id));
  return { shares: allocations, overdraft: overdraftHeld, lacking: ZERO, nextExpiry };
}

interface Want {
  readonly required: Amount;
  readonly available: Amount;
  readonly shortfall: Amount;
  readonly outOfScope: Amount;
  /** What would have to come free; the shortfall, where it isn't said. */
  readonly lacking?: Amount;
  readonly spending: Spending;
  readonly own: OwnPins;
}

/**
 * Says why credits fall short: held by others, so that waiting may help (`credits_held`), or simply not there.
 */
export function shortfall(context: DecisionContext, account: AccountState, want: Want): Refusal {
  const figures = {
    account: account.account.id,
    required: want.required,
    available: want.available,
    held: account.held.minus(ownTotal(want)),
    shortfall: want.shortfall,
    outOfScope: want.outOfScope,
  };
  const { at, isExact } = want.own.nextExpiry;
  if (at === null || !othersHold(context, account, want, want.lacking ?? want.shortfall)) {
    return { code: 'insufficient_credits', ...figures };
  }
  const usual = account.account.holdLifetimeMs ?? Number.POSITIVE_INFINITY;
  const seconds = Math.ceil(Math.min(usual, at - timeOf(context, account)) / 1000);
  const retry = { retryAfterSeconds: Math.max(seconds, 1), holdExpiresAt: at, expiryIsExact: isExact };
  return { code: 'credits_held', ...retry, ...figures };
}

/** Whether others have pinned as much as this that the request could use, once they let go of it. */
function othersHold(
  context: DecisionContext,
  account: AccountState,
  { spending, own }: Want,
  lacking: Amount,
): boolean {
  const now = timeOf(context, account);
  const usable = (grant: Grant | undefined): boolean =>
    grant !== undefined && isSpendable(grant, now) && mayPayFor(grant, spending);
  const needed = own.shares
    .filter(({ grantId }) => usable(context.state.grants.get(grantId)))
    .reduce((total, { amount }) => total.plus(amount), lacking.plus(own.lacking).plus(own.overdraft));
  // Most often this decides it, without a look at each of what may be thousands of grants.
  if (account.held.lt(needed)) return false;
  let pinned = account.account.overdraftHeld;
  for (const grant of account.grants) {
    if (pinned.gte(needed)) break;
    if (usable(grant)) pinned = pinned.plus(grant.held);
  }
  return pinned.gte(needed);
}

function ownTotal({ own }: Want): Amount {
  return own.shares.reduce((total, { amount }) => total.plus(amount), own.overdraft);
}

function burdenOf({ account }: AccountState): Amount {
  return account.debt.plus(account.overdraftHeld);
}
