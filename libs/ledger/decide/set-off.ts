import { type Amount, atLeastZero, formatAmount, smallerOf, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { chargedIn, hasShortfall, missingIn, periodOf, type CommitmentPeriod } from '../commitments.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { emit, periodData } from './emit.ts';
import { giveBackDraws } from './give-back-usage.ts';
import { Transaction } from './transaction.ts';

/**
 * What of late usage is paid already: by what was charged for the shortfall of the period in which it was authorized, as far as
 * that falls once the usage is charged.
 *
 * @param ofHold what the same commit charges to what it has pinned
 * @param excess what it asks for beyond that
 */
export function paidByShortfall(
  account: AccountState,
  authorization: Authorization,
  { ofHold, excess }: { readonly ofHold: Amount; readonly excess: Amount },
): Amount {
  const period = periodOf(account.commitments, authorization);
  if (!period || !hasShortfall(period)) return ZERO;
  const { amount, spent, uncollected } = period;
  const charged = chargedIn(period);
  const missing = missingIn({ amount, spent: spent.plus(ofHold).plus(excess) });
  const surplus = atLeastZero(charged.plus(uncollected).minus(missing));
  return smallerOf(smallerOf(excess, charged), surplus);
}

/** Makes so much of what was charged for a shortfall the authorization's, what was drawn first before the rest. */
export function takeOverShortfall(books: Transaction, authorization: Authorization, amount: Amount): void {
  const period = periodOf(books.account.commitments, authorization);
  if (!period || amount.isZero()) return;
  let left = amount;
  for (const [index, draw] of period.draws.entries()) {
    if (left.isZero()) break;
    const part = smallerOf(draw.amount.minus(draw.refunded), left);
    if (part.isZero()) continue;
    books.takeOver(draw, part, authorization);
    period.draws[index] = { ...draw, refunded: draw.refunded.plus(part) };
    left = left.minus(part);
  }
  books.context.changes.commitments.update(period);
}

/**
 * Sets off what an authorization was charged after the period was settled in which it was made: as much less was missing. It
 * comes off what wasn't collected first. What is refunded later doesn't raise a shortfall again.
 *
 * @param takenOver what was set off already, see {@link takeOverShortfall}
 */
export function setOffShortfall(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  takenOver: Amount,
): void {
  const period = periodOf(account.commitments, authorization);
  if (!period?.settled) return;
  const surplus = atLeastZero(chargedIn(period).plus(period.uncollected).minus(missingIn(period)));
  const total = surplus.plus(takenOver);
  if (total.isZero()) return;
  lower(context, account, period, surplus);
  emit(context, account, 'commitment.set_off', { ...periodData(period), set_off: formatAmount(total) });
}

function lower(context: DecisionContext, account: AccountState, period: CommitmentPeriod, surplus: Amount): void {
  const ofUncollected = smallerOf(period.uncollected, surplus);
  period.uncollected = period.uncollected.minus(ofUncollected);
  const books = new Transaction(context, account);
  giveBackDraws(books, period.draws, surplus.minus(ofUncollected), { authorization: null, reason: null });
  context.changes.commitments.update(period);
}
