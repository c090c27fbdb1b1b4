import { type Amount, atLeastZero, smallerOf, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { AccountState } from '../state.ts';
import { addUncollected } from './add-uncollected.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { firstOf, fund, type Funding } from './funding.ts';
import { paidByShortfall, takeOverShortfall } from './set-off.ts';
import type { Transaction } from './transaction.ts';

/** What a commit asks for beyond the credits that it has pinned. */
export interface Rest {
  /** Of the overdraft leg. It was approved, so it is charged in any case. */
  readonly overdraft: Amount;
  /** Beyond the hold. */
  readonly excess: Amount;
}

/** How that would be paid. */
export interface RestCover {
  readonly funding: Funding;
  /** What was charged for the shortfall of a commitment, and is taken over. */
  readonly ofShortfall: Amount;
  readonly credits: Amount;
  readonly debt: Amount;
  readonly uncollected: Amount;
}

/** Most commits ask for no more than the credits that they have pinned. */
const NO_REST: Rest = { overdraft: ZERO, excess: ZERO };
const NOTHING_TO_PAY: RestCover = {
  funding: { shares: [], missing: ZERO, available: ZERO, outOfScope: ZERO },
  ofShortfall: ZERO,
  credits: ZERO,
  debt: ZERO,
  uncollected: ZERO,
};

/** What an amount asks for beyond the credits that are pinned. @param ofHold what of it is held */
export function restOf({ held, overdraftHeld }: Authorization, amount: Amount, ofHold: Amount): Rest {
  if (overdraftHeld.isZero() && ofHold === amount) return NO_REST;
  return { overdraft: atLeastZero(ofHold.minus(held.minus(overdraftHeld))), excess: amount.minus(ofHold) };
}

/**
 * Both parts draw credits that are free by now, the overdraft leg first; what others have pinned is theirs. The leg takes no
 * more from what is available than it did while it was pinned. The excess takes what is available, and debt only up to the
 * overdraft limit, where its policy allows any.
 *
 * @param at by the account's clock: what may be spent then
 */
export function coverRest(
  context: DecisionContext,
  account: AccountState,
  authorization: Pick<Authorization, 'usage' | 'tags' | 'overage'>,
  { overdraft, excess }: Rest,
  at = timeOf(context, account),
): RestCover {
  if (overdraft.isZero() && excess.isZero()) return NOTHING_TO_PAY;
  const asked = overdraft.plus(excess);
  const funding = fund(context, account, authorization, asked, at);
  const limit = authorization.overage === 'debt' ? account.account.terms.overdraftLimit : ZERO;
  const ofExcess = smallerOf(excess, atLeastZero(funding.available.plus(limit)));
  const charged = overdraft.plus(ofExcess);
  const credits = smallerOf(charged, asked.minus(funding.missing));
  return { funding, ofShortfall: ZERO, credits, debt: charged.minus(credits), uncollected: excess.minus(ofExcess) };
}

/**
 * The same of usage. Where it is late, the shortfall of its period may have paid for the excess already, and only the rest draws
 * credits.
 *
 * @param ofHold what the same commit charges to what is held
 */
export function coverUsage(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  rest: Rest,
  ofHold: Amount,
): RestCover {
  const { overdraft, excess } = rest;
  const ofShortfall = excess.isZero() ? ZERO : paidByShortfall(account, authorization, { ofHold, excess });
  if (ofShortfall.isZero()) return coverRest(context, account, authorization, rest);
  const left = { overdraft, excess: excess.minus(ofShortfall) };
  return { ...coverRest(context, account, authorization, left), ofShortfall };
}

/** Charges what a cover says, and records what nothing covers. */
export function chargeRest(books: Transaction, authorization: Authorization, cover: RestCover): void {
  takeOverShortfall(books, authorization, cover.ofShortfall);
  for (const { grant, amount } of firstOf(cover.funding.shares, cover.credits)) {
    books.spend(grant, amount, authorization);
  }
  if (!cover.debt.isZero()) books.borrow(cover.debt, authorization);
  addUncollected(books.context, books.account, authorization, cover.uncollected);
}
