import { formatAmount } from '#amounts';
import type { LoopRule, Rate, Restraint, Rules, RulesDecision, SpikeRule } from '#ledger';
import { timeView } from '../lists/time-view.ts';

export function rulesView({ maxAmount, maxOpenHolds, maxOutputTokens, rate, nap, spike, loop }: Rules) {
  return {
    max_amount: maxAmount && formatAmount(maxAmount),
    max_open_holds: maxOpenHolds,
    max_output_tokens: maxOutputTokens,
    rate: rate.map(rateRuleView),
    nap: nap.map(napView),
    spike: spike.map(spikeView),
    loop: loop.map(loopView),
  };
}

const FIELDS = {
  maxAmount: 'max_amount',
  maxOpenHolds: 'max_open_holds',
  maxOutputTokens: 'max_output_tokens',
  rate: 'rate',
  nap: 'nap',
  spike: 'spike',
  loop: 'loop',
} as const satisfies Record<keyof Rules, string>;

export const RULE_NAMES = Object.values(FIELDS);

/** What applies to an account, which of it is its environment's, and what it has led to. */
export function accountRulesView({ account, rules, restraints }: RulesDecision) {
  const { exempt } = account.rules;
  const fields = Object.keys(FIELDS) as (keyof Rules)[];
  return {
    account: account.id,
    ...rulesView(rules),
    exempt,
    inherited: fields.filter((field) => !exempt && account.rules[field] === null).map((field) => FIELDS[field]),
    restraints: restraints.map(restraintView),
  };
}

export function rateRuleView({ tag, ...rate }: Rules['rate'][number]) {
  return { ...rateView(rate), tag };
}

export function napView({ overOutputTokens, seconds, tag }: Rules['nap'][number]) {
  return { over_output_tokens: overOutputTokens, seconds, tag };
}

export function spikeView({ factor, floor, action, seconds, tag }: SpikeRule) {
  return { factor: formatAmount(factor), floor: formatAmount(floor), action, for: seconds, tag };
}

export function loopView({ times, action, seconds, tag }: LoopRule) {
  return { times, per: 'minute', action, for: seconds, tag };
}

export function restraintView({ rule, action, tag, value, rate, since, until }: Restraint) {
  return {
    rule,
    action,
    tag,
    value,
    ...(rate ? rateView(rate) : { amount: null, requests: null, per: null }),
    since: timeView(since),
    until: until === null ? null : timeView(until),
  };
}

function rateView({ of, limit, per }: Rate) {
  return {
    amount: of === 'amount' ? formatAmount(limit) : null,
    requests: of === 'requests' ? Number(formatAmount(limit)) : null,
    per,
  };
}
