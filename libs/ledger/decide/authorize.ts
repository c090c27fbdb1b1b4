import { type Amount, ZERO } from '#amounts';
import type { Authorization, OveragePolicy } from '../authorization.ts';
import type { Authorize, SpendRequest } from '../commands.ts';
import { refused, type Outcome, type Refusal } from '../refusals.ts';
import { balanceOf, holdOpened, type AccountState } from '../state.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { findAccount, findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { covers, fund, nextExpiryOf, shortfall, type Funding, type NextExpiry } from './funding.ts';
import { Transaction } from './transaction.ts';

/** What a batch did to an account before this item. */
export interface BatchSoFar {
  readonly holds: readonly Authorization[];
  /** What items that were refused lacked. */
  readonly lacking: Amount;
  readonly nextExpiry: NextExpiry;
}
export type OwnHolds = (account: AccountState) => BatchSoFar;

const NO_OTHER_ITEMS: OwnHolds = (account) => ({
  holds: [],
  lacking: ZERO,
  nextExpiry: nextExpiryOf(account),
});

/** Holds credits before they are used: pins them to grants in burn-down order, what is beyond them to the overdraft. */
export function authorize(
  context: DecisionContext,
  command: Authorize,
  ownHolds: OwnHolds = NO_OTHER_ITEMS,
): Outcome<AuthorizationDecision> {
  const refusal = tooManyHolds(context, command);
  if (refusal) return refused(refusal);
  const funded = fundSpending(context, command, ownHolds);
  if (!funded.ok) return funded;
  const { account, funding } = funded.value;
  const overage = command.overage ?? account.account.terms.overage;
  const expiresAt = timeOf(context, account) + command.holdSeconds * 1000;
  const authorization = newAuthorization(context, account, command, overage, expiresAt);
  const books = new Transaction(context, account);
  for (const { grant, amount } of funding.shares) books.pin(grant, amount);
  books.pinOverdraft(funding.missing);
  authorization.allocations = funding.shares.map(({ grant, amount }) => ({ grantId: grant.id, amount }));
  authorization.overdraftHeld = funding.missing;
  authorization.held = command.amount;
  holdOpened(account, authorization.id, expiresAt);
  return decided(account, authorization);
}

function tooManyHolds(context: DecisionContext, { account: ref }: Authorize): Refusal | null {
  const { openHoldsMax: limit } = context.rules;
  const found = findAccount(context, ref);
  if (!found || found.openHolds < limit) return null;
  return { code: 'too_many_holds', account: ref.id, limit };
}

/** The guards that every request for credits passes, in order of precedence. */
export function fundSpending(
  context: DecisionContext,
  request: SpendRequest,
  ownHolds: OwnHolds = NO_OTHER_ITEMS,
): Outcome<{ account: AccountState; funding: Funding }> {
  const found = findOpenAccount(context, request.account);
  if (!found.ok) return found;
  const account = found.value;
  if (account.account.status === 'suspended')
    return refused({ code: 'account_suspended', account: request.account.id });
  const funding = fund(context, account, request, request.amount);
  if (covers(account, funding, request.amount)) return { ok: true, value: { account, funding } };
  return refused(declined(context, account, request, funding, ownHolds(account)));
}

function declined(
  context: DecisionContext,
  account: AccountState,
  request: SpendRequest,
  { available, outOfScope }: Funding,
  own: BatchSoFar,
): ReturnType<typeof shortfall> {
  return shortfall(context, account, {
    required: request.amount,
    available,
    shortfall: request.amount.minus(available).minus(account.account.terms.overdraftLimit),
    outOfScope,
    spending: request,
    own: {
      shares: own.holds.flatMap(({ allocations }) => allocations),
      overdraft: own.holds.reduce((total, { overdraftHeld }) => total.plus(overdraftHeld), ZERO),
      lacking: own.lacking,
      nextExpiry: own.nextExpiry,
    },
  });
}

/** Enters a new authorization that holds nothing yet. */
export function newAuthorization(
  context: DecisionContext,
  account: AccountState,
  request: SpendRequest,
  overage: OveragePolicy,
  expiresAt: number | null,
): Authorization {
  const authorization: Authorization = {
    id: account.ids.next(context.realNow),
    accountKey: account.account.key,
    environment: account.account.environment,
    keyId: context.keyId ?? null,
    status: 'authorized',
    amount: request.amount,
    held: ZERO,
    allocations: [],
    overdraftHeld: ZERO,
    committed: ZERO,
    steps: [],
    draws: [],
    uncollected: ZERO,
    refunded: ZERO,
    overage,
    late: false,
    heldAtClose: null,
    finalAmount: null,
    usage: request.usage,
    tags: request.tags,
    metadata: request.metadata,
    createdAt: timeOf(context, account),
    expiresAt,
    committedAt: null,
    closedAt: null,
    balance: balanceOf(account),
  };
  context.state.authorizations.set(authorization.id, authorization);
  context.changes.authorizations.create(authorization);
  context.changes.accounts.update(account);
  return authorization;
}
