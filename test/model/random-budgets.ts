import fc from 'fast-check';
import { account, DAY, planned, SECOND, type Known } from './random-values.ts';
import type { BudgetZone, Request } from './requests.ts';

export const budgetName = fc.constantFrom('first', 'first', 'first', 'second');
export const budget = fc.record({
  account,
  name: budgetName,
  amount: fc.constantFrom('5', '10', '20', '0', '12.5', '100'),
  period: fc.constantFrom('day' as const, 'month' as const, 'total' as const),
  mode: fc.constantFrom('hard' as const, 'hard' as const, 'soft' as const),
  scope: fc.constantFrom<Readonly<Record<string, readonly string[]>>[]>(
    {},
    {},
    { team: ['red', '(none)'] },
    { model: ['small'] },
    { event: ['chat'], model: ['large', '(none)'] },
  ),
  per: fc.constantFrom(null, null, 'team', 'model'),
  zone: fc.constantFrom<(BudgetZone | null)[]>(null, 'UTC', 'Asia/Kathmandu'),
  /** From now, in milliseconds. */
  until: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(SECOND, DAY) }),
  mustBeNew: fc.boolean(),
});
const raise = fc.record({ amount: fc.constantFrom('30', '100', '2'), until: fc.constantFrom(SECOND, DAY, DAY) });

export function budgetAt(
  { now }: Known,
  { until, ...rest }: typeof budget extends fc.Arbitrary<infer B> ? B : never,
): Request {
  return { type: 'put_budget', ...rest, until: until === null ? null : now + until };
}

export const raiseOfBudget = planned(
  fc.record({ account, name: budgetName, raise: fc.option(raise, { freq: 4 }) }),
  ({ raise: raised, account: anyone, name: any }, { now, budgets }) => {
    const { account, name } = budgets.at(-1) ?? { account: anyone, name: any };
    return { type: 'raise_budget', account, name, raise: raised && { ...raised, until: now + raised.until } };
  },
);
