import fc from 'fast-check';
import { budget, budgetAt, budgetName, raiseOfBudget } from './random-budgets.ts';
import { aboutPayments, aboutPurchases } from './random-purchases.ts';
import { aboutRecurring, setPlan } from './random-recurring.ts';
import { findingAt, found, rules } from './random-rules.ts';
import {
  adjustment,
  ask,
  commitAsk,
  createAccount,
  grant,
  grantAt,
  holdAsk,
  oneCommit,
  withoutKey,
} from './random-spending.ts';
import { setTopup } from './random-topups.ts';
import {
  amountOfUsage,
  account,
  amount,
  choice,
  commitment,
  fixed,
  limit,
  mode,
  onAuthorization,
  oneUsage,
  overage,
  planned,
  prices,
  seconds,
  tag,
  type,
  usage,
  type RequestPlan,
} from './random-values.ts';
import type { HoldAsk } from './requests.ts';

export const request: fc.Arbitrary<RequestPlan> = fc.oneof(
  { weight: 10, arbitrary: fixed(holdAsk.map((one) => ({ type: 'authorize', ...one }))) },
  { weight: 5, arbitrary: fixed(ask.map((one) => ({ type: 'charge', ...one }))) },
  { weight: 12, arbitrary: oneCommit },
  { weight: 7, arbitrary: planned(fc.record({ grant, account }), (made, known) => grantAt(known, made)) },
  {
    weight: 4,
    arbitrary: onAuthorization('open', fc.record({}), (authorization) => ({ type: 'void', authorization })),
  },
  {
    weight: 5,
    arbitrary: onAuthorization(
      'open',
      fc.record({ amount: fc.option(amount, { freq: 3 }), usage, seconds: fc.option(seconds, { freq: 2 }) }),
      (authorization, rest) => ({ type: 'extend', authorization, ...rest }),
    ),
  },
  {
    weight: 6,
    arbitrary: onAuthorization(
      'closed',
      fc.record({ amount: fc.option(amount, { freq: 2 }) }),
      (authorization, rest) => ({
        type: 'refund',
        authorization,
        ...rest,
      }),
    ),
  },
  { weight: 5, arbitrary: adjustment },
  {
    weight: 3,
    arbitrary: planned(choice, (choose, { grants }) => {
      const grant = choose('grant', grants);
      return grant === null ? null : { type: 'void_grant', grant };
    }),
  },
  {
    weight: 3,
    arbitrary: fixed(
      fc.record({
        type: type('authorize_batch'),
        mode,
        items: fc.array(holdAsk.map(withoutKey), { minLength: 1, maxLength: 4 }),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fixed(
      fc.record({
        type: type('charge_batch'),
        mode,
        items: fc.array(ask.map(withoutKey), { minLength: 1, maxLength: 4 }),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: planned(fc.array(commitAsk, { minLength: 1, maxLength: 4 }), (plans, known) => {
      const items = plans.flatMap((plan) => plan(known) ?? []);
      return items.length === 0 ? null : { type: 'commit_batch', items };
    }),
  },
  {
    weight: 2,
    arbitrary: fixed(
      fc.record(
        { type: type('update_account'), account, limit, overage, prices, commitment },
        { requiredKeys: ['type', 'account'] },
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fixed(
      fc.record({
        type: type('set_account_status'),
        account,
        status: fc.constantFrom('active' as const, 'active' as const, 'suspended' as const),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fixed(
      fc.record({
        type: type('close_account'),
        account,
        remainder: fc.constantFrom('breakage' as const, 'return' as const),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fixed(fc.record({ type: type('write_off'), account, amount: amountOfUsage })),
  },
  { weight: 1, arbitrary: fixed(createAccount) },
  { weight: 3, arbitrary: fixed(fc.record({ type: type('set_rules'), account, rules })) },
  { weight: 4, arbitrary: planned(found, (made, known) => findingAt(known, made)) },
  { weight: 2, arbitrary: fixed(fc.record({ type: type('resume'), account, tag })) },
  { weight: 4, arbitrary: planned(budget, (made, known) => budgetAt(known, made)) },
  { weight: 1, arbitrary: fixed(fc.record({ type: type('delete_budget'), account, name: budgetName })) },
  { weight: 4, arbitrary: raiseOfBudget },
);

/** Those, and refills. */
export const anyRequest: fc.Arbitrary<RequestPlan> = fc.oneof(
  { weight: 20, arbitrary: request },
  { weight: 2, arbitrary: aboutPurchases },
  { weight: 1, arbitrary: setTopup },
  { weight: 1, arbitrary: aboutRecurring },
  { weight: 1, arbitrary: setPlan },
);

/** What a sequence may be mostly about: then few of them tell a ledger that is wrong there. */
export type Topic =
  | 'counted prices'
  | 'budgets'
  | 'rules'
  | 'limits of keys'
  | 'purchases'
  | 'auto top-up'
  | 'recurring grants'
  | 'plans';

const asked = holdAsk.map((one): HoldAsk => ({ ...one, account: 'anna', withKey: false }));
const commits = { weight: 3, arbitrary: oneCommit };
const commitsByUsage = {
  weight: 3,
  arbitrary: planned(
    fc.record({ plan: commitAsk, usage: fc.array(oneUsage, { minLength: 1, maxLength: 2 }) }),
    ({ plan, usage }, known) => {
      const one = plan(known);
      return one && { type: 'commit', ...one, amount: null, usage };
    },
  ),
};
const refunds = {
  weight: 1,
  arbitrary: onAuthorization('closed', fc.constant({ amount: null }), (authorization, rest) => ({
    type: 'refund',
    authorization,
    ...rest,
  })),
};

/** Requests in which something of a topic may come to light. */
export const requestsAbout: Readonly<Record<Topic, fc.Arbitrary<RequestPlan>>> = {
  'counted prices': fc.oneof(
    {
      weight: 5,
      arbitrary: fixed(
        fc
          .record({ asked, usage: fc.array(oneUsage, { minLength: 1, maxLength: 2 }) })
          .map(({ asked, usage }) => ({ type: 'authorize', ...asked, amount: null, usage })),
      ),
    },
    commits,
    commitsByUsage,
    refunds,
  ),
  budgets: fc.oneof(
    { weight: 5, arbitrary: fixed(asked.map((one) => ({ type: 'authorize', ...one }))) },
    { weight: 2, arbitrary: raiseOfBudget },
    commits,
    refunds,
  ),
  rules: fc.oneof(
    { weight: 6, arbitrary: fixed(asked.map((one) => ({ type: 'authorize', ...one }))) },
    {
      weight: 2,
      arbitrary: fixed(
        fc
          .record({ rules, exempt: fc.boolean() })
          .map(({ rules, exempt }) => ({ type: 'set_rules', account: 'anna', rules: { ...rules, exempt } })),
      ),
    },
    { weight: 3, arbitrary: planned(found, (made, known) => findingAt(known, made)) },
    commits,
  ),
  purchases: fc.oneof(
    { weight: 6, arbitrary: aboutPurchases },
    { weight: 3, arbitrary: fixed(asked.map((one) => ({ type: 'authorize', ...one }))) },
    commits,
  ),
  'auto top-up': fc.oneof(
    { weight: 3, arbitrary: setTopup },
    { weight: 5, arbitrary: aboutPayments },
    { weight: 5, arbitrary: fixed(asked.map((one) => ({ type: 'authorize', ...one }))) },
    commits,
  ),
  'recurring grants': fc.oneof(
    { weight: 5, arbitrary: aboutRecurring },
    { weight: 4, arbitrary: fixed(asked.map((one) => ({ type: 'authorize', ...one }))) },
    commits,
    refunds,
  ),
  plans: fc.oneof(
    { weight: 5, arbitrary: setPlan },
    { weight: 1, arbitrary: aboutRecurring },
    { weight: 4, arbitrary: fixed(asked.map((one) => ({ type: 'authorize', ...one }))) },
    commits,
  ),
  'limits of keys': fc.oneof(
    {
      weight: 5,
      arbitrary: fixed(holdAsk.map((one) => ({ type: 'authorize', ...one, withKey: true }))),
    },
    commits,
    refunds,
  ),
};
