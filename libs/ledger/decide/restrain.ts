import { Amount, formatAmount } from '#amounts';
import type { Restrain } from '../commands.ts';
import type { Counter } from '../counters.ts';
import { figuresOf, foundBy, isOfRules, throttleOf, windowEndOf, type Finding } from '../findings.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { isInForce, isSameRestraint, RESTRAINTS_MAX, type Restraint } from '../restraints.ts';
import type { AccountState } from '../state.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';
import { findRuleCounter, openRuleCounter, ruleCounter, type RuleCounter } from './rule-counters.ts';
import { rulesOf } from './rules-of.ts';

export interface RestrainDecision {
  /** The account's own id. */
  readonly account: string;
  /** Whether it was reported: not where it was before, or where the rule doesn't apply any more. */
  readonly reported: boolean;
}

/**
 * Reports what a rule has found, and does what the rule says about it. A window is reported once for each rule and value, however
 * often and by how many workers it is found.
 */
export function restrain(context: DecisionContext, { account: ref, finding }: Restrain): Outcome<RestrainDecision> {
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  const account = found.value;
  const isNews = isOfRules(finding, rulesOf(context, account.account)) && isFirst(context, account, finding);
  if (isNews) {
    const restraint = restraintBy(context, account, finding);
    report(context, account, finding, restraint && keep(context, account, restraint));
  }
  return accepted({ account: ref.id, reported: isNews });
}

/** Whether it is the first finding of its rule and value in its window. */
function isFirst(context: DecisionContext, account: AccountState, finding: Finding): boolean {
  const { windowStart } = finding;
  if (lastFound(context, account, finding)?.used.gte(windowStart)) return false;
  openRuleCounter(context, account, foundCounter(finding)).used = new Amount(windowStart);
  return true;
}

/** The counter that keeps the last window in which the same was found. */
export function lastFound(context: DecisionContext, account: AccountState, finding: Finding): Counter | undefined {
  return findRuleCounter(context, account, foundCounter(finding));
}

function foundCounter(finding: Finding): RuleCounter {
  const { rule, kind, value } = finding;
  return ruleCounter(rule, kind, value, () => ['found', foundBy(finding)]);
}

/** What is done about it; `null`: nothing but an alert. */
function restraintBy(context: DecisionContext, account: AccountState, finding: Finding): Restraint | null {
  const { kind, rule, value } = finding;
  const { action, seconds, tag } = rule;
  if (action === 'alert') return null;
  const since = timeOf(context, account);
  return {
    rule: kind,
    action,
    tag,
    value,
    rate: action === 'throttle' ? throttleOf(finding) : null,
    since,
    until: seconds === null ? null : since + seconds * 1000,
  };
}

function report(context: DecisionContext, account: AccountState, finding: Finding, restraint: Restraint | null): void {
  const { kind, rule, value, windowStart } = finding;
  const about = { rule: kind, tag: rule.tag, value };
  const time = (at: number): string => new Date(at).toISOString();
  const until = restraint?.until ?? null;
  emit(context, account, 'usage.spike_detected', {
    ...about,
    action: rule.action,
    until: until === null ? null : time(until),
    window: { start: time(windowStart), end: time(windowEndOf(finding)) },
    ...figuresOf(finding),
  });
  if (!restraint?.rate) return;
  const { of, limit, per } = restraint.rate;
  emit(context, account, 'usage.throttled', {
    ...about,
    amount: of === 'amount' ? formatAmount(limit) : null,
    requests: of === 'requests' ? Number(formatAmount(limit)) : null,
    per,
    until: until === null ? null : time(until),
  });
}

/** One of the same kind that is still in force is prolonged: a throttle that is found again gives nothing back. */
function keep(context: DecisionContext, account: AccountState, restraint: Restraint): Restraint | null {
  const { restraints } = account.account;
  const others = restraints.filter((one) => !isSameRestraint(one, restraint));
  if (others.length >= RESTRAINTS_MAX) return null;
  const earlier = restraints.find((one) => isSameRestraint(one, restraint) && isInForce(one, restraint.since));
  const kept = earlier ? { ...earlier, until: later(earlier.until, restraint.until) } : restraint;
  account.account.restraints = [...others, kept];
  context.changes.accounts.updateRules(account);
  return kept;
}

/** `null`: never. A rule that says less by now ends nothing sooner. */
function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
