import { type Amount, smallerOf, ZERO } from '#amounts';
import { priceUsages, type PricedUsages } from '#pricing';
import type { Authorization } from '../authorization.ts';
import { NOT_PRICED } from '../authorization-pricing.ts';
import type { Adjust } from '../commands.ts';
import { accepted, refused, type Outcome, type RefusedOutcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { addUncollected } from './add-uncollected.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, type DecisionContext } from './context.ts';
import { countSpending } from './count-spending.ts';
import { correctUsed, firstPositionsOf } from './count.ts';
import { chargeRest, coverUsage, type RestCover } from './cover-rest.ts';
import { giveBackUsage } from './give-back-usage.ts';
import { pricingTerms } from './price.ts';
import { recordUsage } from './record-usage.ts';
import { reportCommit } from './report-commit.ts';
import { setOffShortfall } from './set-off.ts';
import { Transaction } from './transaction.ts';

/** What an authorization has used in all, as it is stated now. */
interface Truth {
  readonly amount: Amount;
  readonly priced: PricedUsages | null;
}

/**
 * Books the difference between what was stated before and the truth. What goes down comes off what wasn't collected, then it is
 * refunded, at most what is left of the charge. What goes up is charged as the overage policy says, and never refused: the
 * model has run.
 */
export function adjust(context: DecisionContext, command: Adjust): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, command.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  const refusal = unadjustable(authorization, command);
  if (refusal) return refusal;
  const truth = truthOf(context, account, authorization, command);
  if (!truth.ok) return truth;
  const { amount, priced } = truth.value;
  const difference = amount.minus(statedBefore(authorization));
  let charged: Charged | null = null;
  if (difference.gt(0)) charged = chargeMore(context, account, authorization, takeBack(authorization, difference));
  else if (difference.lt(0)) takeOff(context, account, authorization, difference.neg(), command.reason);
  if (priced) correctUsed(context, account, authorization, priced.counts);
  const { stated } = authorization;
  recordUsage(context, account, authorization, { kind: 'adjustment', stated: command.stated, priced });
  if (charged) reportCharged(context, account, authorization, charged);
  countSpending(context, account, authorization);
  context.changes.authorizations.update(authorization);
  const decision = decided(account, authorization);
  // A repeated commit is still compared with what the first one said.
  authorization.stated = stated;
  return decision;
}

function unadjustable({ status, pricing }: Authorization, command: Adjust): RefusedOutcome | null {
  switch (status) {
    case 'authorized':
      return refused({ code: 'authorization_open' });
    case 'voided':
      return refused({ code: 'authorization_voided' });
    case 'expired':
      return refused({ code: 'authorization_expired' });
    case 'committed':
      // Without a price for what was used, nothing says what its counters stood at.
      if (command.amount === null && pricing?.settlement === 'unpriced')
        return refused({ code: 'adjusted_after_unpriced' });
      return null;
  }
}

/** By usage, at what the authorization was priced by, from where its counters stood when it was first charged. */
function truthOf(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { amount, stated: { usage } }: Adjust,
): Outcome<Truth> {
  if (amount) return accepted({ amount, priced: null });
  const { price } = authorization.pricing ?? NOT_PRICED;
  if (!price) return refused({ code: 'no_rate_card', account: account.account.id });
  const request = { usages: usage, tags: authorization.tags, at: authorization.createdAt };
  const pricing = priceUsages(pricingTerms(context, price), request, firstPositionsOf(account, authorization));
  if (!pricing.ok) return refused({ code: 'unpriced_usage', usage: pricing.unpriced });
  return accepted({ amount: pricing.priced.amount, priced: pricing.priced });
}

function statedBefore({ committed, uncollected, pricing }: Authorization): Amount {
  return committed.plus(uncollected).minus(pricing?.adjustedDown ?? ZERO);
}

/**
 * What went down and was never given back, since as much had been refunded before, goes up again without a charge.
 *
 * @returns what is left to charge
 */
function takeBack(authorization: Authorization, difference: Amount): Amount {
  const { pricing } = authorization;
  if (!pricing || pricing.notGivenBack.isZero()) return difference;
  const part = smallerOf(pricing.notGivenBack, difference);
  authorization.pricing = {
    ...pricing,
    adjustedDown: pricing.adjustedDown.minus(part),
    notGivenBack: pricing.notGivenBack.minus(part),
  };
  return difference.minus(part);
}

interface Charged {
  readonly required: Amount;
  readonly cover: RestCover;
}

function chargeMore(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  required: Amount,
): Charged {
  const cover = coverUsage(context, account, authorization, { overdraft: ZERO, excess: required }, ZERO);
  chargeRest(new Transaction(context, account), authorization, cover);
  return { required, cover };
}

/** Comes after the usage: what is charged and what for have ids that follow each other, by which they are known to belong together. */
function reportCharged(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { required, cover }: Charged,
): void {
  setOffShortfall(context, account, authorization, cover.ofShortfall);
  reportCommit(context, account, authorization, { required, uncollected: cover.uncollected });
}

function takeOff(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  difference: Amount,
  reason: string | null,
): void {
  const ofUncollected = smallerOf(authorization.uncollected, difference);
  addUncollected(context, account, authorization, ofUncollected.neg());
  const ofCharge = difference.minus(ofUncollected);
  const refundable = authorization.committed.minus(authorization.refunded);
  const givenBack = smallerOf(ofCharge, refundable);
  const pricing = authorization.pricing ?? NOT_PRICED;
  authorization.pricing = {
    ...pricing,
    adjustedDown: pricing.adjustedDown.plus(ofCharge),
    notGivenBack: pricing.notGivenBack.plus(ofCharge.minus(givenBack)),
    uncollectedDown: pricing.uncollectedDown.plus(ofUncollected),
  };
  giveBackUsage(context, account, authorization, givenBack, reason);
}
