import fc from 'fast-check';
import { account, DAY, fixed, HOUR, planned, scope, type Known, type RequestPlan } from './random-values.ts';
import type { PlanName, RecurringTermsAsk } from './refill-terms.ts';
import type { AccountName, Request } from './requests.ts';

const rollover = fc.record({
  max: fc.constantFrom(null, '10', '25', '25'),
  percent: fc.constantFrom(null, null, 50, 25),
  periods: fc.constantFrom(null, null, 1, 2),
});
const expiry = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ expires: fc.constant('end_of_period' as const), rollover: fc.option(rollover) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ expires: fc.constantFrom('never' as const, 2 * DAY, HOUR), rollover: fc.constant(null) }),
  },
);
const recurringTerms: fc.Arbitrary<RecurringTermsAsk> = fc
  .record({
    amount: fc.constantFrom('10', '20', '20', '7', '0.000000000003'),
    interval: fc.constantFrom(
      'day' as const,
      'day' as const,
      'day' as const,
      'day' as const,
      'week' as const,
      'month' as const,
    ),
    every: fc.constantFrom(1, 1, 1, 2),
    category: fc.constantFrom('included' as const, 'included' as const, 'paid' as const, 'promotional' as const),
    priority: fc.constantFrom(50, 50, 100),
    scope,
    prorateFirst: fc.constantFrom(false, false, true),
    expiry,
  })
  .map(({ expiry: given, ...rest }) => ({ ...rest, ...given }));

const name = fc.constantFrom('allowance', 'allowance', 'allowance', 'extra');
/** Times are from now, in milliseconds. */
export const recurring = fc.record({
  account,
  name,
  terms: recurringTerms,
  start: fc.constantFrom(null, null, null, null, HOUR, -DAY),
  end: fc.constantFrom(null, null, null, DAY, 2 * DAY + HOUR),
  anchor: fc.constantFrom(null, null, null, -5 * HOUR, HOUR, -40 * DAY),
});
type RecurringPlan = typeof recurring extends fc.Arbitrary<infer Values> ? Values : never;

export function recurringAt(
  { now }: Known,
  { start, end, anchor, ...rest }: Omit<RecurringPlan, 'account'> & { readonly account: AccountName },
): Request {
  const from = (given: number | null): number | null => (given === null ? null : now + given);
  return { type: 'put_recurring', ...rest, startsAt: from(start), endsAt: from(end), anchor: from(anchor) };
}

/** Recurring grants made and changed. */
export const aboutRecurring: fc.Arbitrary<RequestPlan> = fc.oneof(
  { weight: 4, arbitrary: planned(recurring, (made, known) => recurringAt(known, made)) },
  {
    weight: 3,
    arbitrary: fixed(
      fc
        .record({ account, name, change: fc.constantFrom('pause' as const, 'resume' as const, 'delete' as const) })
        .map((change) => ({ type: 'change_recurring', ...change })),
    ),
  },
);

/** Accounts put on plans, mostly now. */
export const plan = fc.record({
  account,
  plan: fc.constantFrom<(PlanName | null)[]>('small', 'large', 'large', 'two', 'bare', null),
  how: fc.constantFrom('now' as const, 'prorated' as const, 'prorated' as const, 'next_period' as const),
});
export const setPlan: fc.Arbitrary<RequestPlan> = fixed(plan.map((made) => planRequest(made)));

export function planRequest({
  how,
  ...rest
}: typeof plan extends fc.Arbitrary<infer Values> ? Values : never): Request {
  return { type: 'set_plan', ...rest, effective: how === 'prorated' ? 'now' : how, prorate: how === 'prorated' };
}
