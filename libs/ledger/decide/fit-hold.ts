import { smallerOf } from '#amounts';
import { fitOutput } from '#pricing';
import { NO_OUTPUT_LIMITS, type Authorize } from '../commands.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { positionsOf } from './count.ts';
import type { Funding } from './funding.ts';
import type { Limits } from './limit.ts';
import { roomOf } from './limits.ts';
import { pricingTerms, type Asked } from './price.ts';

/** What was asked for, what there is for it, and how much may be spent. */
interface TooMuch {
  readonly asked: Asked;
  readonly funding: Funding;
  readonly limits: Limits;
}

/**
 * A hold for the most output tokens that the credits and limits suffice for.
 *
 * @returns `null` where the request has no output to shorten, or not even its least output fits
 */
export function fitHold(
  context: DecisionContext,
  account: AccountState,
  { amount, usage, tags, output = NO_OUTPUT_LIMITS }: Authorize,
  { asked, funding, limits }: TooMuch,
): Asked | null {
  const { pricing } = asked;
  if (!pricing?.price || amount) return null;
  const bounds = { maxOutputTokens: output.max, minOutputTokens: output.min };
  const request = { usages: usage, tags, at: timeOf(context, account), ...bounds };
  const credits = funding.available.plus(account.account.terms.overdraftLimit);
  const room = roomOf(limits);
  const available = room === null ? credits : smallerOf(credits, room);
  const fitted = fitOutput(
    pricingTerms(context, pricing.price),
    request,
    positionsOf(context, account, null),
    available,
  );
  if (!fitted?.ok) return null;
  return {
    amount: fitted.amount,
    pricing: { ...pricing, maxOutputTokens: fitted.assumed.maxOutputTokens },
    counts: fitted.counts,
  };
}
