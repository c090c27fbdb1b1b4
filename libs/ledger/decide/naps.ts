import { Amount, ZERO } from '#amounts';
import { statedQuantity } from '#pricing';
import type { Authorization, Usage } from '../authorization.ts';
import type { Counter } from '../counters.ts';
import type { NapRule } from '../rules.ts';
import type { AccountState } from '../state.ts';
import { valueOfTag } from '../tag-values.ts';
import { timeOf, type DecisionContext } from './context.ts';
import type { Limit } from './limit.ts';
import { findRuleCounter, openRuleCounter, ruleCounter, type RuleCounter } from './rule-counters.ts';
import { rulesOf } from './rules-of.ts';

/** Declines requests for as long as a nap lasts; `null` where there is none. */
export function limitByNap(
  context: DecisionContext,
  account: AccountState,
  rule: NapRule,
  tags: Authorization['tags'],
): Limit | null {
  const nap = napOf(rule, tags);
  const end = findRuleCounter(context, account, nap)?.used;
  const now = timeOf(context, account);
  if (!end?.gt(now)) return null;
  const retryAfterSeconds = Math.ceil((Number(end.toFixed()) - now) / 1000);
  const { id } = account.account;
  const { tag } = rule;
  return {
    room: null,
    refusal: () => ({
      code: 'spend_rate_exceeded',
      account: id,
      rule: 'nap',
      tag,
      value: nap.value,
      retryAfterSeconds,
    }),
  };
}

/** Notes how much output an authorization has had so far, by what its commits say. */
export function noteOutput(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  usages: readonly Usage[],
): void {
  if (rulesOf(context, account.account).nap.length === 0) return;
  const tokens = outputOf(usages);
  if (!tokens.isZero()) context.changes.outputs.push({ account, authorization, tokens });
}

/**
 * Begins the naps after what a command has committed. Called after the whole command, so that the items of a batch, which were found
 * to fit together, don't keep each other waiting.
 */
export function beginNaps(context: DecisionContext): void {
  for (const { account, authorization, tokens } of context.changes.outputs) {
    for (const rule of rulesOf(context, account.account).nap) {
      if (!tokens.gt(rule.overOutputTokens)) continue;
      const counter = openRuleCounter(context, account, napOf(rule, authorization.tags));
      // How far the nap lasts, in milliseconds since 1970.
      counter.used = Amount.max(counter.used, timeOf(context, account) + rule.seconds * 1000);
    }
  }
  context.changes.outputs.length = 0;
}

/** The naps that a commit of an authorization with these tags may begin; none where nothing was counted for them. */
export function napsOf(
  context: DecisionContext,
  account: AccountState,
  tags: Authorization['tags'],
): readonly Counter[] {
  const { nap } = rulesOf(context, account.account);
  return nap.flatMap((rule) => findRuleCounter(context, account, napOf(rule, tags)) ?? []);
}

function napOf(rule: NapRule, tags: Authorization['tags']): RuleCounter {
  return ruleCounter(rule, 'nap', rule.tag === null ? null : valueOfTag(tags, rule.tag), identityOfNap);
}

function identityOfNap({ overOutputTokens, seconds, tag }: NapRule): unknown {
  return [overOutputTokens, seconds, tag];
}

function outputOf(usages: readonly Usage[]): Amount {
  return usages.reduce((sum, usage) => sum.plus(statedQuantity(usage, 'output_tokens') ?? ZERO), ZERO);
}
