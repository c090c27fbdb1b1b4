import { type Amount, smallerOf, ZERO } from '#amounts';
import type { Authorization, OveragePolicy } from '../authorization.ts';
import type { AuthorizationPricing } from '../authorization-pricing.ts';
import { NO_OUTPUT_LIMITS, type Authorize, type SpendRequest } from '../commands.ts';
import {
  accepted,
  lacksShare,
  refused,
  type LacksShare,
  type Outcome,
  type Refusal,
  type RefusedOutcome,
} from '../refusals.ts';
import { balanceOf, holdOpened, type AccountState } from '../state.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { NO_OTHER_ITEMS, type BatchSoFar, type OwnHolds } from './batch-so-far.ts';
import { findAccount, findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { boundOutput } from './check-rules.ts';
import { enterRates } from './count-rates.ts';
import { enterWindows } from './count-spending.ts';
import { reserve } from './count.ts';
import { fitHold } from './fit-hold.ts';
import { covers, fund, shortfall, type Funding } from './funding.ts';
import type { Limits } from './limit.ts';
import { firstRefusal, limitsOf } from './limits.ts';
import { askToHold, type Asked } from './price.ts';
import { suspensionOf } from './suspension.ts';
import { Transaction } from './transaction.ts';

/** How a hold learns its amount, and what becomes of its counted quantities. */
export interface HoldKind {
  readonly ask: (context: DecisionContext, account: AccountState, command: Authorize) => Outcome<Asked>;
  readonly count: typeof reserve;
  /** Whether it stays open. */
  readonly isHold: boolean;
}

/** For what may be used. */
const OF_BOUND: HoldKind = { ask: askToHold, count: reserve, isHold: true };

/** Holds credits before they are used: pins them to grants in burn-down order, what is beyond them to the overdraft. */
export function authorize(
  context: DecisionContext,
  command: Authorize,
  ownHolds: OwnHolds = NO_OTHER_ITEMS,
  kind: HoldKind = OF_BOUND,
): Outcome<AuthorizationDecision> {
  const refusal = tooManyHolds(context, command);
  if (refusal) return refused(refusal);
  const found = findSpendable(context, command);
  if (!found.ok) return found;
  const account = found.value;
  const { request, asked } = askWithin(context, account, command, kind);
  if (!asked.ok) return asked;
  const about = { asked: asked.value, isHold: kind.isHold, ownHolds };
  const limits = limitsOfRequest(context, account, request, about);
  const funded = fundHold(context, account, request, { asked: asked.value, limits, ownHolds });
  if (!funded.ok) return funded;
  const { amount, pricing, counts, funding } = funded.value;
  const overage = command.overage ?? account.account.terms.overage;
  const expiresAt = timeOf(context, account) + command.holdSeconds * 1000;
  const authorization = newAuthorization(context, account, { ...command, amount, pricing }, overage, expiresAt);
  const books = new Transaction(context, account);
  for (const { grant, amount: share } of funding.shares) books.pin(grant, share);
  books.pinOverdraft(funding.missing);
  authorization.allocations = funding.shares.map(({ grant, amount: share }) => ({ grantId: grant.id, amount: share }));
  authorization.overdraftHeld = funding.missing;
  authorization.held = amount;
  if (counts.length > 0) kind.count(context, account, authorization, counts);
  enterWindows(context, account, authorization, limits.windows);
  enterRates(context, account, authorization, limits.rates);
  holdOpened(account, authorization.id, expiresAt);
  return decided(account, authorization);
}

/** The limits of a new authorization. */
export function limitsOfRequest(
  context: DecisionContext,
  account: AccountState,
  request: SpendRequest & Pick<Authorize, 'output'>,
  { asked = null, isHold = true, ownHolds = NO_OTHER_ITEMS }: RequestOptions = {},
): Limits {
  const { usage, tags, output = NO_OUTPUT_LIMITS } = request;
  const at = timeOf(context, account);
  const own = (): BatchSoFar => ownHolds(account);
  const max = output.max ?? asked?.pricing?.maxOutputTokens ?? null;
  const about = { usage, tags, output: { ...output, max }, keyId: context.keyId ?? null };
  return limitsOf(context, account, { ...about, at, isHold, own });
}

interface RequestOptions {
  /** What is known of its price; `null` for nothing. */
  readonly asked?: Pick<Asked, 'pricing'> | null;
  readonly isHold?: boolean;
  readonly ownHolds?: OwnHolds;
}

/** What a request is for; where it is content with less output, no more than the rules allow for. */
function askWithin(
  context: DecisionContext,
  account: AccountState,
  command: Authorize,
  kind: HoldKind,
): { readonly request: Authorize; readonly asked: Outcome<Asked> } {
  const asked = kind.ask(context, account, command);
  const assumed = asked.ok ? (asked.value.pricing?.maxOutputTokens ?? null) : null;
  const request = boundOutput(context, account, command, assumed);
  return request === command ? { request, asked } : { request, asked: kind.ask(context, account, request) };
}

type Funded<T> = T & { readonly funding: Funding };

/** What a hold is for, and what stands in its way. */
interface Wanted {
  readonly asked: Asked;
  readonly limits: Limits;
  readonly ownHolds: OwnHolds;
}

/** Where the credits would come from: for all that is asked for, or for as much output as they and the limits suffice for. */
function fundHold(
  context: DecisionContext,
  account: AccountState,
  command: Authorize,
  { asked, limits, ownHolds }: Wanted,
): Outcome<Funded<Asked>> {
  const funding = fund(context, account, command, asked.amount);
  const refusal = firstRefusal(limits, asked.amount);
  if (lacksShare(refusal)) return lacking(context, account, command, { asked, refusal });
  if (!refusal && covers(account, funding, asked.amount)) return accepted({ ...asked, funding });
  const fitted = command.output?.fit ? fitHold(context, account, command, { asked, funding, limits }) : null;
  const ofFitted = fitted && firstRefusal(limits, fitted.amount);
  if (lacksShare(ofFitted)) return lacking(context, account, command, { asked, refusal: ofFitted });
  if (fitted && !ofFitted) return accepted({ ...fitted, funding: fund(context, account, command, fitted.amount) });
  const least = leastOf(context, account, command, asked);
  const ofLeast = firstRefusal(limits, least);
  if (ofLeast) return refused(ofLeast);
  const uncovered = { request: command, amount: least, funding: fund(context, account, command, least) };
  return refused(declined(context, account, uncovered, ownHolds(account)));
}

/** How much fits is known once that is leased which there is. */
function lacking(
  context: DecisionContext,
  account: AccountState,
  command: Authorize,
  { asked, refusal }: { readonly asked: Asked; readonly refusal: LacksShare },
): RefusedOutcome {
  const least = leastOf(context, account, command, asked);
  return refused({ ...refusal, wants: { ...refusal.wants, least } });
}

/** What must be there at the least: with `fit`, for as little output as is of use. */
function leastOf(context: DecisionContext, account: AccountState, command: Authorize, asked: Asked): Amount {
  const { output } = command;
  if (!output?.fit || asked.pricing?.maxOutputTokens === null) return asked.amount;
  const least = askToHold(context, account, { ...command, output: { ...output, max: output.min } });
  return least.ok ? smallerOf(least.value.amount, asked.amount) : asked.amount;
}

function tooManyHolds(context: DecisionContext, { account: ref }: Authorize): Refusal | null {
  const { openHoldsMax: limit } = context.rules;
  const found = findAccount(context, ref);
  if (!found || found.openHolds < limit) return null;
  return { code: 'too_many_holds', account: ref.id, limit };
}

/** The account of a request for credits: one that is open and not suspended. */
export function findSpendable(context: DecisionContext, { account: ref }: SpendRequest): Outcome<AccountState> {
  const found = findOpenAccount(context, ref);
  const suspended = found.ok ? suspensionOf(context, found.value) : null;
  return suspended ? refused(suspended) : found;
}

interface Uncovered {
  readonly request: SpendRequest;
  readonly amount: Amount;
  readonly funding: Funding;
}

/** Why a request is declined whose amount the credits don't cover. */
export function declined(
  context: DecisionContext,
  account: AccountState,
  { request, amount, funding: { available, outOfScope } }: Uncovered,
  own: BatchSoFar = NO_OTHER_ITEMS(account),
): ReturnType<typeof shortfall> {
  return shortfall(context, account, {
    required: amount,
    available,
    shortfall: amount.minus(available).minus(account.account.terms.overdraftLimit),
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

/** A request for credits whose amount is known. */
interface PricedRequest extends Omit<SpendRequest, 'amount'> {
  readonly amount: Amount;
  readonly pricing: AuthorizationPricing | null;
}

/** Enters a new authorization that holds nothing yet. */
export function newAuthorization(
  context: DecisionContext,
  account: AccountState,
  request: PricedRequest,
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
    pricing: request.pricing,
    stated: [],
    reservations: [],
    metadata: request.metadata,
    group: request.group ?? null,
    added: null,
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
