import { hashedUuid } from '#pricing';
import type { Counter } from '../counters.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import { assumeEmpty } from './assume-window.ts';
import { openWindow } from './windows.ts';

/** A counter of what a rule remembers: of the whole account, or of a value of a tag. */
export interface RuleCounter {
  /** A UUID that stands for the rule as it is, and the value: another rule, or another value, has a counter of its own. */
  readonly counter: string;
  /** The name of the rule. */
  readonly name: string;
  readonly value: string | null;
}

/** So many values of a rule are remembered in memory, as their ids take some computing. */
const VALUES_MAX = 1000;

/** The ids of counters, by rule and value. A rule stays the same object as long as its account is in memory. */
const counters = new WeakMap<object, Map<string | null, RuleCounter>>();

/**
 * @param rule what the counter is of
 * @param name the name of the rule
 * @param identity what tells the rule from others
 */
export function ruleCounter(
  rule: object,
  name: string,
  value: string | null,
  identity: (rule: never) => unknown,
): RuleCounter {
  const known = counters.get(rule) ?? new Map<string | null, RuleCounter>();
  counters.set(rule, known);
  const found = known.get(value);
  if (found) return found;
  if (known.size >= VALUES_MAX) known.clear();
  const id = hashedUuid(JSON.stringify(['pace', name, identity(rule as never), value]));
  const counter = { counter: id, name, value };
  known.set(value, counter);
  return counter;
}

/** Rules have no periods of their account's calendar: all of their counters begin with time itself, and never end. */
const START = 0;
const WINDOW = { start: START, end: null } as const;

/** The counter; where nobody has counted anything, there is none. One by value that isn't known is taken for none. */
export function findRuleCounter(
  context: DecisionContext,
  account: AccountState,
  counted: RuleCounter,
): Counter | undefined {
  const found = account.counters.startingAt(counted.counter, START);
  if (!found) assumeEmpty(context, account, { ...counted, window: WINDOW });
  return found;
}

/** The counter, to be changed. */
export function openRuleCounter(context: DecisionContext, account: AccountState, counter: RuleCounter): Counter {
  const found = findRuleCounter(context, account, counter);
  if (!found) return openWindow(context, account, WINDOW, { ...counter, kind: 'pace' });
  context.changes.counters.update(found);
  return found;
}
