import { Amount } from '#amounts';
import { statedQuantity } from '#pricing';
import type { Authorization } from '../authorization.ts';
import { NO_OUTPUT_LIMITS, type Authorize } from '../commands.ts';
import type { Refusal, RequestTooLarge } from '../refusals.ts';
import { isInForce } from '../restraints.ts';
import { NO_LIMIT_RULES, type Rules } from '../rules.ts';
import type { AccountState } from '../state.ts';
import { valueOfTag } from '../tag-values.ts';
import { timeOf, type DecisionContext } from './context.ts';
import type { Limit, LimitedRequest, RequestRate } from './limit.ts';
import { limitByNap } from './naps.ts';
import { limitByRate, ratesOf } from './rates.ts';
import { rulesOf } from './rules-of.ts';

/** What the rules of an account say of a request. */
export interface RuleLimits {
  /** In the order in which they refuse. */
  readonly checks: readonly Limit[];
  /** Under which it is counted once it is approved. */
  readonly rates: readonly RequestRate[];
}

const NO_RULE_LIMITS: RuleLimits = { checks: [], rates: [] };

/** What the rules say of a new request. */
export function checkRules(context: DecisionContext, account: AccountState, request: LimitedRequest): RuleLimits {
  const rules = rulesOf(context, account.account);
  if (rules === NO_LIMIT_RULES && account.account.restraints.length === 0) return NO_RULE_LIMITS;
  const { tags } = request;
  const rates = ratesOf(context, account, tags);
  const checks = [
    limitBySuspension(context, account, tags),
    limitByAmount(account, rules),
    limitByOutput(account, rules, request),
    request.isHold ? limitByOpenHolds(account, rules) : null,
    ...rules.nap.map((nap) => limitByNap(context, account, nap, tags)),
    ...rates.map((rate) => limitByRate(context, account, rate, { isNew: true })),
  ];
  return { checks: inOrder(checks), rates };
}

/** What they say of more for an open authorization, which is no new request. */
export function checkRulesOfMore(
  context: DecisionContext,
  account: AccountState,
  { tags, amount }: Authorization,
): RuleLimits {
  const rules = rulesOf(context, account.account);
  if (rules === NO_LIMIT_RULES && account.account.restraints.length === 0) return NO_RULE_LIMITS;
  const checks = inOrder([
    limitBySuspension(context, account, tags),
    limitByAmount(account, rules, amount),
    ...ratesOf(context, account, tags).map((rate) => limitByRate(context, account, rate, { isNew: false })),
  ]);
  return { checks, rates: [] };
}

/**
 * A request that is content with less output, where a rule allows for less than its price assumes.
 *
 * @param assumed the most output tokens that the price allows for; `null` where the request says it, or needs none
 */
export function boundOutput(
  context: DecisionContext,
  { account }: AccountState,
  request: Authorize,
  assumed: number | null,
): Authorize {
  const { maxOutputTokens: limit } = rulesOf(context, account);
  const { output = NO_OUTPUT_LIMITS } = request;
  if (limit === null || assumed === null || !output.fit || assumed <= limit || output.min > limit) return request;
  return { ...request, output: { ...output, max: limit } };
}

function inOrder(checks: readonly (Limit | null)[]): readonly Limit[] {
  return checks.filter((check) => check !== null);
}

/** One that says no, whatever the amount. */
function refusing(refusal: Refusal): Limit {
  return { room: null, refusal: () => refusal };
}

/** What spikes and loops have suspended of the account: what has the value of a tag. */
export function limitBySuspension(
  context: DecisionContext,
  state: AccountState,
  tags: Authorization['tags'],
): Limit | null {
  const { id: account, restraints, rules } = state.account;
  if (restraints.length === 0 || rules.exempt) return null;
  const now = timeOf(context, state);
  for (const { action, rule, tag, value, until } of restraints) {
    if (action !== 'suspend' || tag === null || value === null || valueOfTag(tags, tag) !== value) continue;
    if (isInForce({ until }, now)) return refusing({ code: 'usage_suspended', account, rule, tag, value, until });
  }
  return null;
}

/** @param before what the authorization is for already */
function limitByAmount({ account }: AccountState, { maxAmount }: Rules, before?: Amount): Limit | null {
  if (maxAmount === null) return null;
  const room = before ? maxAmount.minus(before) : maxAmount;
  return {
    room,
    refusal: (required) => {
      if (required.lte(room)) return null;
      return tooLarge(account.id, 'max_amount', before ? required.plus(before) : required, maxAmount);
    },
  };
}

function limitByOutput({ account }: AccountState, { maxOutputTokens: limit }: Rules, request: LimitedRequest) {
  if (limit === null) return null;
  const tokens = mostOutput(request);
  return tokens.gt(limit) ? refusing(tooLarge(account.id, 'max_output_tokens', tokens, new Amount(limit))) : null;
}

/** Of one usage, as it says itself, or as its price allows for. */
function mostOutput({ usage, output }: LimitedRequest): Amount {
  const stated = usage.flatMap((one) => statedQuantity(one, 'output_tokens') ?? []);
  return Amount.max(output.max ?? 0, ...stated);
}

function tooLarge(account: string, rule: RequestTooLarge['rule'], required: Amount, limit: Amount): Refusal {
  return { code: 'request_too_large', account, rule, required, limit };
}

function limitByOpenHolds({ account, openHolds }: AccountState, { maxOpenHolds: limit }: Rules): Limit | null {
  if (limit === null || openHolds < limit) return null;
  return refusing({ code: 'open_holds_exceeded', account: account.id, limit });
}
