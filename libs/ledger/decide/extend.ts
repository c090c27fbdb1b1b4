import { Amount, ZERO } from '#amounts';
import { boundUsages, mergeUsages, type Usage } from '#pricing';
import type { Authorization, GrantShare } from '../authorization.ts';
import { NOT_PRICED } from '../authorization-pricing.ts';
import type { Extend } from '../commands.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, timeOf, type DecisionContext } from './context.ts';
import { countRates } from './count-rates.ts';
import { enterMore } from './count-spending.ts';
import { positionsOf, positionsWithout, reserve } from './count.ts';
import { covers, fund, pinnedBy, shortfall, type Funding } from './funding.ts';
import { recordStep, rememberFirst, tooManySteps } from './hold-steps.ts';
import { NO_LIMITS } from './limit.ts';
import { firstRefusal, limitsOfMore } from './limits.ts';
import { pricingTerms, unbounded, type Asked } from './price.ts';
import { withoutDetails } from './without-details.ts';
import { suspensionOf } from './suspension.ts';
import { Transaction } from './transaction.ts';

/** Holds more, for longer, or both; all or nothing. */
export function extend(context: DecisionContext, command: Extend): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, command.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  if (authorization.status !== 'authorized') return refused({ code: `authorization_${authorization.status}` });
  const more = askForMore(context, account, authorization, command);
  if (!more.ok) return more;
  const { amount, counts, extended } = more.value;
  const tooMany = amount.isZero() ? null : tooManySteps(authorization);
  if (tooMany) return refused(tooMany);
  const suspended = amount.isZero() ? null : suspensionOf(context, account);
  if (suspended) return refused(suspended);
  const limits = amount.isZero() ? NO_LIMITS : limitsOfMore(context, account, authorization);
  const limited = firstRefusal(limits, amount);
  if (limited) return refused(limited);
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
  if (extended) authorization.pricing = { ...(authorization.pricing ?? NOT_PRICED), extended };
  if (!amount.isZero()) holdMore(context, account, authorization, amount, funding);
  if (counts.length > 0) reserve(context, account, authorization, counts);
  enterMore(context, account, authorization, limits.windows);
  countRates(context, account, authorization);
  holdLonger(context, account, authorization, command.holdSeconds);
  context.changes.authorizations.update(authorization);
  context.changes.accounts.update(account);
  return decided(account, authorization);
}

/** What an extension asks for. */
interface More extends Pick<Asked, 'amount' | 'counts'> {
  /** By usage: what all extensions hold for together, with this one. */
  readonly extended: readonly Usage[] | null;
}

/** More by an amount, or the most that more usage can cost at what the authorization was priced by. */
function askForMore(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { amount, usage = [], maxOutputTokens = null }: Extend,
): Outcome<More> {
  if (amount || usage.length === 0) return accepted({ amount: amount ?? ZERO, counts: [], extended: null });
  const pricing = authorization.pricing ?? NOT_PRICED;
  const { price } = pricing;
  if (!price) return refused({ code: 'no_rate_card', account: account.account.id });
  const terms = pricingTerms(context, price);
  const request = { usages: usage, tags: authorization.tags, at: authorization.createdAt, maxOutputTokens };
  const bound = boundUsages(terms, request, positionsOf(context, account, authorization));
  if (!bound.ok) return refused(unbounded(bound));
  const extended = mergeUsages(
    pricing.extended,
    withoutDetails(terms, withOutput(usage, bound.assumed.maxOutputTokens)),
  );
  if (!pricing.isByUsage) return accepted({ ...bound, extended });
  // A commit is priced on all usage together, which may be dearer than its parts: a further tier, a larger context.
  const first = withoutDetails(terms, withOutput(authorization.usage, pricing.maxOutputTokens));
  const all = { ...request, usages: mergeUsages(first, extended), maxOutputTokens: null };
  const ofAll = boundUsages(terms, all, positionsWithout(context, account, authorization));
  const rest = ofAll.ok ? ofAll.amount.minus(authorization.amount) : ZERO;
  return accepted({ amount: Amount.max(bound.amount, rest), counts: bound.counts, extended });
}

/** Usage that states the output which was assumed. */
function withOutput(usages: readonly Usage[], assumed: number | null): readonly Usage[] {
  if (assumed === null) return usages;
  return usages.map((usage) => ('output_tokens' in usage ? usage : { ...usage, output_tokens: assumed }));
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
