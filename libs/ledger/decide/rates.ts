import { Amount } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { NO_PACE, roomIn, secondsUntil } from '../pace.ts';
import type { Refusal } from '../refusals.ts';
import { isInForce, type Restraint } from '../restraints.ts';
import { rateJson } from '../rules-json.ts';
import type { RateRule } from '../rules.ts';
import type { AccountState } from '../state.ts';
import { valueOfTag } from '../tag-values.ts';
import { timeOf, type DecisionContext } from './context.ts';
import type { Limit, RequestRate } from './limit.ts';
import { findRuleCounter, ruleCounter } from './rule-counters.ts';
import { rulesOf } from './rules-of.ts';

/** What a request counts for where requests are counted. */
export const ONE_REQUEST = new Amount(1);

/** The rates of requests with these tags. */
export function ratesOf(
  context: DecisionContext,
  account: AccountState,
  tags: Authorization['tags'],
): readonly RequestRate[] {
  const { restraints, rules: own } = account.account;
  if (own.exempt) return [];
  const rules = rulesOf(context, account.account);
  const now = timeOf(context, account);
  const throttles = restraints.flatMap((restraint) => throttledRate(restraint, tags, now));
  return [...throttles, ...rules.rate.map((rule) => rateOfRule(rule, tags))];
}

function rateOfRule(rule: RateRule, tags: Authorization['tags']): RequestRate {
  const { tag } = rule;
  const value = tag === null ? null : valueOfTag(tags, tag);
  return { ...ruleCounter(rule, 'rate', value, identityOfRate), name: 'rate', rate: rule, tag };
}

function throttledRate(restraint: Restraint, tags: Authorization['tags'], now: number): RequestRate[] {
  const { rule: name, rate, tag, value } = restraint;
  if (rate === null || !isInForce(restraint, now)) return [];
  if (tag !== null && valueOfTag(tags, tag) !== value) return [];
  return [{ ...ruleCounter(restraint, name, value, identityOfRestraint), name, rate, tag }];
}

function identityOfRate({ tag, ...rate }: RateRule): unknown {
  return [rateJson(rate), tag];
}

/** Each throttle begins anew. */
function identityOfRestraint({ tag, since }: Restraint): unknown {
  return ['throttle', tag, since];
}

/**
 * What a rate says of a request.
 *
 * @param isNew whether it is counted as a request; more for an open authorization isn't
 */
export function limitByRate(
  context: DecisionContext,
  account: AccountState,
  one: RequestRate,
  { isNew }: { readonly isNew: boolean },
): Limit | null {
  const { rate } = one;
  if (rate.of === 'requests') return isNew ? limitByRequests(context, account, one) : null;
  const now = timeOf(context, account);
  const pace = findRuleCounter(context, account, one)?.used ?? NO_PACE;
  return {
    room: roomIn(pace, rate, now),
    refusal: (required) => {
      if (required.gt(rate.limit)) return tooLarge(account, required, rate.limit);
      const room = roomIn(pace, rate, now);
      return required.lte(room) ? null : tooFast(account, one, secondsUntil(pace, rate, required, now));
    },
  };
}

function limitByRequests(context: DecisionContext, account: AccountState, one: RequestRate): Limit | null {
  const now = timeOf(context, account);
  const pace = findRuleCounter(context, account, one)?.used ?? NO_PACE;
  if (roomIn(pace, one.rate, now).gte(ONE_REQUEST)) return null;
  const refusal = tooFast(account, one, secondsUntil(pace, one.rate, ONE_REQUEST, now));
  return { room: null, refusal: () => refusal };
}

/** No wait would help. */
function tooLarge({ account: { id } }: AccountState, required: Amount, limit: Amount): Refusal {
  return { code: 'request_too_large', account: id, rule: 'rate', required, limit };
}

function tooFast({ account }: AccountState, { name, tag, value }: RequestRate, retryAfterSeconds: number): Refusal {
  return { code: 'spend_rate_exceeded', account: account.id, rule: name, tag, value, retryAfterSeconds };
}
