import { type Amount, ZERO } from '#amounts';
import { boundUsages } from '#pricing';
import type { Authorization, GrantShare } from '../authorization.ts';
import { NOT_PRICED } from '../authorization-pricing.ts';
import type { Extend } from '../commands.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, timeOf, type DecisionContext } from './context.ts';
import { positionsOf, reserve } from './count.ts';
import { covers, fund, pinnedBy, shortfall, type Funding } from './funding.ts';
import { recordStep, rememberFirst, tooManySteps } from './hold-steps.ts';
import { pricingTerms, unbounded, type Asked } from './price.ts';
import { Transaction } from './transaction.ts';

/** Holds more, for longer, or both; all or nothing. */
export function extend(context: DecisionContext, command: Extend): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, command.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  if (authorization.status !== 'authorized') return refused({ code: `authorization_${authorization.status}` });
  const more = askForMore(context, account, authorization, command);
  if (!more.ok) return more;
  const { amount, counts } = more.value;
  const tooMany = amount.isZero() ? null : tooManySteps(authorization);
  if (tooMany) return refused(tooMany);
  if (!amount.isZero() && account.account.status === 'suspended') {
    return refused({ code: 'account_suspended', account: account.account.id });
  }
  const funding = fund(context, account, authorization, amount);
  if (!amount.isZero() && !covers(account, funding, amount)) {
    return refused(
      shortfall(context, account, {
        required: amount,
        available: funding.available,
        shortfall: amount.minus(funding.available).minus(account.account.terms.overdraftLimit),
        outOfScope: funding.outOfScope,
        spending: authorization,
        own: pinnedBy(account, authorization),
      }),
    );
  }
  if (!amount.isZero()) holdMore(context, account, authorization, amount, funding);
  if (counts.length > 0) reserve(context, account, authorization, counts);
  holdLonger(context, account, authorization, command.holdSeconds);
  context.changes.authorizations.update(authorization);
  context.changes.accounts.update(account);
  return decided(account, authorization);
}

/** More by an amount, or the most that more usage can cost at what the authorization was priced by. */
function askForMore(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { amount, usage = [], maxOutputTokens = null }: Extend,
): Outcome<Pick<Asked, 'amount' | 'counts'>> {
  if (amount || usage.length === 0) return accepted({ amount: amount ?? ZERO, counts: [] });
  const { price } = authorization.pricing ?? NOT_PRICED;
  if (!price) return refused({ code: 'no_rate_card', account: account.account.id });
  const request = { usages: usage, tags: authorization.tags, at: authorization.createdAt, maxOutputTokens };
  const bound = boundUsages(pricingTerms(context, price), request, positionsOf(context, account, authorization));
  return bound.ok ? accepted(bound) : refused(unbounded(bound));
}

function holdMore(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  more: Amount,
  funding: Funding,
): void {
  rememberFirst(authorization);
  const books = new Transaction(context, account);
  for (const { grant, amount } of funding.shares) books.pin(grant, amount);
  books.pinOverdraft(funding.missing);
  const added = funding.shares.map(({ grant, amount }) => ({ grantId: grant.id, amount }));
  authorization.allocations = inBurnDownOrder(account, [...authorization.allocations, ...added]);
  authorization.overdraftHeld = authorization.overdraftHeld.plus(funding.missing);
  authorization.amount = authorization.amount.plus(more);
  authorization.held = authorization.held.plus(more);
  recordStep(authorization, timeOf(context, account));
}

/** Credits that were freed since may come before those pinned first. */
function inBurnDownOrder(account: AccountState, shares: readonly GrantShare[]): GrantShare[] {
  const amounts = new Map<string, Amount>();
  for (const { grantId, amount } of shares) amounts.set(grantId, amount.plus(amounts.get(grantId) ?? ZERO));
  return account.grants.flatMap(({ id }) => {
    const amount = amounts.get(id);
    return amount ? [{ grantId: id, amount }] : [];
  });
}

function holdLonger(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  holdSeconds: number | null,
): void {
  if (holdSeconds === null || authorization.expiresAt === null) return;
  const expiresAt = Math.max(authorization.expiresAt, timeOf(context, account) + holdSeconds * 1000);
  authorization.expiresAt = expiresAt;
  account.holdExpiries.move(authorization.id, expiresAt);
}
