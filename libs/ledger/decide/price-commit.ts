import { Amount } from '#amounts';
import { continuations, mergeUsages, priceStep, type Count, type PricedUsages, type Usage } from '#pricing';
import type { Authorization } from '../authorization.ts';
import { NOT_PRICED, type Settlement } from '../authorization-pricing.ts';
import { NO_USAGE, type Commit } from '../commands.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { positionsOf } from './count.ts';
import { pricingTerms } from './price.ts';
import { withoutDetails } from './without-details.ts';

/** What a commit asks for. It can always be said: the model has run, so a commit never fails on its usage. */
export interface CommitPrice {
  readonly amount: Amount;
  readonly settlement: Settlement;
  /** How the amount comes about; `null` where it was given, or nothing has a price for some of the usage. */
  readonly priced: PricedUsages | null;
  readonly counts: readonly Count[];
  /** The usage that nothing has a price for. */
  readonly unpriced: readonly Usage[];
  /** As in {@link AuthorizationPricing}, after this commit. */
  readonly excess: Amount;
  /** What each usage goes on with, of earlier steps; `null` where it is new, as all are where this is empty. */
  readonly earlier: readonly (Usage | null)[];
}

/**
 * What a commit's usage costs by what the authorization was priced by. Where nothing has a price for some of it, or not all of
 * it is known, at least what is held is charged: never less because somebody forgot a price.
 *
 * @param held what a commit without an amount charges
 */
export function priceCommit(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { amount, stated: { usage, settlement } = NO_USAGE }: Commit,
  held: Amount,
): CommitPrice {
  const { price, usage: before, excess } = authorization.pricing ?? NOT_PRICED;
  const notPriced = { priced: null, counts: [], unpriced: [], excess, earlier: [] };
  if (amount) return { ...notPriced, amount, settlement };
  if (usage.length === 0) return { ...notPriced, amount: held, settlement };
  if (!price) return { ...notPriced, amount: held, settlement: 'unpriced', unpriced: usage };
  const terms = pricingTerms(context, price);
  // The usage of earlier steps is remembered without what no price looks at, and goes on with what is the same without it.
  const step = { usages: withoutDetails(terms, usage), tags: authorization.tags, at: authorization.createdAt };
  const positions = positionsOf(context, account, authorization);
  const pricing = priceStep(terms, { usages: before, excess }, step, positions);
  const earlier = continuations(before, step.usages).map((index) => (index === null ? null : (before[index] ?? null)));
  if (pricing.ok && settlement === 'unknown') {
    const { amount: ofKnown, counts } = pricing.priced;
    return { ...notPriced, amount: Amount.max(held, ofKnown), settlement, counts, earlier };
  }
  if (pricing.ok) {
    const { priced, excess: excessNow } = pricing;
    return {
      ...notPriced,
      amount: priced.amount,
      settlement,
      priced,
      counts: priced.counts,
      excess: excessNow,
      earlier,
    };
  }
  const { amount: ofOthers, counts } = pricing.rest;
  const unpriced = usage.filter((_, index) => pricing.unpriced.includes(index));
  return { ...notPriced, amount: Amount.max(held, ofOthers), settlement: 'unpriced', counts, unpriced, earlier };
}

/** Remembers what the commits of an authorization have said and cost together. */
export function addToPriced(
  context: DecisionContext,
  authorization: Authorization,
  { stated: { usage } = NO_USAGE }: Commit,
  price: CommitPrice,
): void {
  const { pricing } = authorization;
  if (!pricing?.price || !price.priced) return;
  authorization.pricing = {
    ...pricing,
    usage: mergeUsages(pricing.usage, withoutDetails(pricingTerms(context, pricing.price), usage)),
    excess: price.excess,
  };
}
