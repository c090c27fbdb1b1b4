import fc from 'fast-check';
import { budget, budgetAt } from './random-budgets.ts';
import { anyRequest, request, requestsAbout, type Topic } from './random-requests.ts';
import { purchaseOf } from './random-purchases.ts';
import { plan, planRequest, recurring, recurringAt } from './random-recurring.ts';
import { rules } from './random-rules.ts';
import { adjustment, grant, grantAt, holdAsk, oneCommit } from './random-spending.ts';
import { firstTopupRule } from './random-topups.ts';
import {
  commitment,
  DAY,
  HOUR,
  limit,
  MINUTE,
  overage,
  prices,
  SECOND,
  type,
  type Known,
  type RequestPlan,
} from './random-values.ts';
import type { AccountName, Sent } from './requests.ts';

/** A request yet to be made: what it refers to is chosen among what is there by then. */
export type Plan = (known: Known) => Sent;

/** Requests that are sent at once, without waiting for each other. */
export interface Step {
  /** Milliseconds by which time moves on before. */
  readonly wait: number;
  readonly plans: readonly Plan[];
}

export type Sequence = readonly Step[];

/** A minute before the end of the month in which every sequence begins. */
const MONTH_NEARLY = 31 * DAY - MINUTE;
const WAITS = [1, SECOND - 1, SECOND, SECOND, MINUTE, MINUTE, 15 * MINUTE, DAY - 1, DAY, MONTH_NEARLY];
/** Where something comes back after an hour or a day. */
const COMING_BACK: readonly Topic[] = ['auto top-up', 'recurring grants', 'plans'];
const LONGER_WAITS = [1, SECOND, MINUTE, HOUR - 1, HOUR, HOUR, DAY - 1, DAY, DAY, 2 * DAY, 7 * DAY];

const key = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 4, arbitrary: fc.nat({ max: 999 }).map((n) => `key-${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('k1', 'k2') },
);

const planOf = (made: fc.Arbitrary<RequestPlan>): fc.Arbitrary<Plan> =>
  fc.record({ request: made, otherwise: holdAsk, key }).map(({ request, otherwise, key }) => (known) => ({
    request: request(known) ?? { type: 'authorize', ...otherwise },
    key,
  }));
/** A request that was sent before, to the letter. */
const replayOf = (ownPlan: fc.Arbitrary<Plan>): fc.Arbitrary<Plan> =>
  fc.record({ back: fc.nat({ max: 6 }), otherwise: ownPlan }).map(
    ({ back, otherwise }) =>
      (known) =>
        known.sent.filter((one) => one.key !== null).at(-1 - back) ?? otherwise(known),
  );

const planAbout = (topic: Topic | null): fc.Arbitrary<Plan> => {
  const about = topic && { weight: 4, arbitrary: requestsAbout[topic] };
  const own = planOf(about ? fc.oneof(about, { weight: 1, arbitrary: request }) : anyRequest);
  return fc.oneof({ weight: 9, arbitrary: own }, { weight: 1, arbitrary: replayOf(own) });
};

const waitAbout = (topic: Topic | null): fc.Arbitrary<number> =>
  topic !== null && COMING_BACK.includes(topic)
    ? fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.constantFrom(...LONGER_WAITS) })
    : fc.oneof({ weight: 7, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.constantFrom(...WAITS) });
const stepAbout = (topic: Topic | null, plan = planAbout(topic)): fc.Arbitrary<Step> =>
  fc.record({
    wait: waitAbout(topic),
    plans: fc.oneof(
      { weight: 3, arbitrary: fc.array(plan, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(plan, { minLength: 1, maxLength: 3 }) },
    ),
  });

const open = (name: AccountName): fc.Arbitrary<Plan> =>
  fc.record({ limit, overage, prices, commitment }).map((terms) => () => ({
    request: { type: 'create_account', account: name, unit: 'credits', ...terms },
    key: null,
  }));
const fund = (name: AccountName): fc.Arbitrary<Plan> =>
  fc
    .record({ grant, account: fc.constant(name) })
    .map((made) => (known) => ({ request: grantAt(known, made), key: null }));

const budgetFor = (name: AccountName): fc.Arbitrary<Plan> =>
  budget.map((made) => (known) => ({ request: budgetAt(known, { ...made, account: name, mode: 'hard' }), key: null }));

const rulesFor = (name: AccountName): fc.Arbitrary<Plan> =>
  rules.map((made) => () => ({
    request: { type: 'set_rules', account: name, rules: { ...made, exempt: false } },
    key: null,
  }));

const topupFor = (name: AccountName): fc.Arbitrary<Plan> =>
  firstTopupRule.map((rule) => () => ({ request: { type: 'set_topup', account: name, rule }, key: null }));

const recurringFor = (name: AccountName): fc.Arbitrary<Plan> =>
  recurring.map((made) => (known) => ({ request: recurringAt(known, { ...made, account: name }), key: null }));

const planFor = (name: AccountName): fc.Arbitrary<Plan> =>
  plan.map((made) => () => ({ request: planRequest({ ...made, account: name, how: 'now' }), key: null }));

const limitOfKey: fc.Arbitrary<Plan> = fc
  .record({
    type: type('limit_key'),
    amount: fc.constantFrom('5', '10', '20', '12.5'),
    period: fc.constantFrom('day' as const, 'total' as const, 'total' as const),
  })
  .map((request) => () => ({ request, key: null }));

const atOnce = (wait: fc.Arbitrary<number>, ...plans: fc.Arbitrary<Plan>[]): fc.Arbitrary<Step> =>
  fc.record({ wait, plans: fc.tuple(...plans) });
const NO_WAIT = fc.constant(0);

/** So many steps at most, after some accounts have been opened and funded. */
const STEPS_MAX = 20;

/** Usage that lands when its month has ended. Once something has, any request may follow. */
const late = fc
  .record({
    wait: fc.constantFrom(MINUTE, 15 * MINUTE, DAY - 1),
    landing: fc.array(planOf(fc.oneof(oneCommit, oneCommit, adjustment)), { minLength: 1, maxLength: 4 }),
    next: fc.array(planAbout(null), { maxLength: 2 }),
  })
  .map(({ wait, landing, next }): Sequence =>
    [...landing, ...next].map((one, index) => ({ wait: index === 0 ? wait : 0, plans: [one] })),
  );

const FUNDING = {
  'counted prices': atOnce(fc.constantFrom(0, 0, 0, MONTH_NEARLY), fund('anna'), fund('ben')),
  budgets: atOnce(fc.constantFrom(0, 0, MONTH_NEARLY), fund('anna'), budgetFor('anna')),
  rules: atOnce(NO_WAIT, fund('anna'), rulesFor('anna')),
  purchases: atOnce(NO_WAIT, planOf(purchaseOf('anna'))),
  'auto top-up': atOnce(NO_WAIT, fund('anna'), topupFor('anna')),
  'recurring grants': atOnce(fc.constantFrom(0, 0, MONTH_NEARLY), recurringFor('anna'), recurringFor('ben')),
  plans: atOnce(fc.constantFrom(0, HOUR, 5 * HOUR), fund('anna'), planFor('anna')),
  'limits of keys': atOnce(NO_WAIT, fund('anna'), fund('ben'), limitOfKey),
};

/** Sequences of up to some 40 requests, 20 on average, of every kind or mostly about a topic. */
export function sequencesAbout(topic: Topic | null): fc.Arbitrary<Sequence> {
  return fc
    .record({
      opening: atOnce(NO_WAIT, open('anna'), open('ben'), open('anna@test')),
      funding: topic ? FUNDING[topic] : fc.oneof(...Object.values(FUNDING)),
      steps: fc.array(stepAbout(topic), { minLength: 1, maxLength: STEPS_MAX, size: 'max' }),
      late: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: late }),
    })
    .map(({ opening, funding, steps, late }) => {
      const start = late.length > 0 ? { ...funding, wait: MONTH_NEARLY + MINUTE / 2 } : funding;
      return [opening, start, ...steps, ...late];
    });
}
