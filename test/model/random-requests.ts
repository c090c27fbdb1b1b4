import fc from 'fast-check';
import type { GrantScope, OveragePolicy, Usage } from '#ledger';
import type { Prices } from './reference-prices.ts';
import {
  FOREIGN,
  type AccountName,
  type Ask,
  type BudgetZone,
  type CommitAsk,
  type HoldAsk,
  type ObjectName,
  type Request,
  type RulesAsk,
  type Sent,
} from './requests.ts';

/** What a request may refer to when its turn comes. */
export interface Known {
  /** Milliseconds since the sequence began. */
  readonly now: number;
  /** Authorizations that can still be committed. */
  readonly open: readonly ObjectName[];
  readonly closed: readonly ObjectName[];
  readonly grants: readonly ObjectName[];
  readonly budgets: readonly BudgetName[];
  readonly rules: readonly { readonly account: AccountName; readonly rules: RulesAsk }[];
  readonly sent: readonly Sent[];
}

export interface BudgetName {
  readonly account: AccountName;
  readonly name: string;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;
/** Few and recurring lengths of time, and what is just short of them: so that things fall on the very same instant. */
const SECONDS = [1, 60, 900, 86_400];
/** The largest amount there is. */
const MOST = '99999999999999999999999999.999999999999';

const account = fc.oneof(
  { weight: 16, arbitrary: fc.constant<AccountName>('anna') },
  { weight: 6, arbitrary: fc.constant<AccountName>('ben') },
  { weight: 2, arbitrary: fc.constant<AccountName>('anna@test') },
  { weight: 1, arbitrary: fc.constant<AccountName>('carl') },
);
const amount = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('1', '2', '3', '4', '5', '7', '10') },
  { weight: 3, arbitrary: fc.constantFrom('0.5', '2.25', '0.1', '0.000000000001', '1.999999999999') },
  { weight: 1, arbitrary: fc.constantFrom('100', '12345678901234567890123456.123456789012', MOST) },
);
const more = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('10', '20', '30') }, { weight: 3, arbitrary: amount });
export const overage = fc.constantFrom<OveragePolicy[]>('cap', 'debt', 'reject');
export const limit = fc.constantFrom('0', '0', '5', '20');
export const commitment = fc.constantFrom(null, null, '5', '20', '0.000000000003');
const seconds = fc.constantFrom(...SECONDS);
export const type = <T extends string>(name: T): fc.Arbitrary<T> => fc.constant(name);
const event = fc.constantFrom('chat', 'image');
const model = fc.constantFrom('small', 'large');
const tags = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ team: fc.constantFrom('red', 'blue') }) },
);
const some = fc.constantFrom(0, 1, 2, 3, 5, 9);
const oneUsage: fc.Arbitrary<Usage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { event: type('chat'), model, tokens: some, output_tokens: some },
      { requiredKeys: ['event'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ event: type('image'), model, images: some }, { requiredKeys: ['event'] }) },
  { weight: 1, arbitrary: fc.record({ event: type('chat') }) },
);
const usage = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(oneUsage, { maxLength: 2 }) },
);
export const prices = fc.constantFrom<Prices[]>('none', 'full', 'full', 'half');
/** Without an amount, it is the usage that says what is asked for. */
const amountOfUsage = fc.oneof({ weight: 2, arbitrary: amount }, { weight: 1, arbitrary: fc.constant(null) });
const sayingSomething = <T extends { readonly amount: string | null; readonly usage: readonly Usage[] }>(said: T): T =>
  said.amount === null && said.usage.length === 0 ? { ...said, amount: '1' } : said;
const scope: fc.Arbitrary<GrantScope | null> = fc.oneof(
  { weight: 7, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ events: fc.uniqueArray(event, { minLength: 1 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ models: fc.uniqueArray(model, { minLength: 1 }), events: fc.constant(['chat']) }),
  },
  { weight: 1, arbitrary: fc.record({ tags: fc.record({ team: fc.constantFrom('red', 'blue') }) }) },
);
const mode = fc.constantFrom('all_or_nothing' as const, 'independent' as const);

const withKey = fc.boolean();
const ask: fc.Arbitrary<Ask> = fc.record({ account, amount: amountOfUsage, usage, tags, withKey }).map(sayingSomething);
const withoutKey = <T extends Ask>(one: T): T => ({ ...one, withKey: false });
export const holdAsk: fc.Arbitrary<HoldAsk> = fc
  .record({ account, amount: amountOfUsage, usage, tags, withKey, seconds, overage: fc.option(overage, { freq: 2 }) })
  .map(sayingSomething);

/** Chooses among what is there, mostly the newest; `null` where there is nothing. */
type Choice = (kind: string, likely: readonly ObjectName[], others?: readonly ObjectName[]) => ObjectName | null;
const choice: fc.Arbitrary<Choice> = fc
  .record({
    back: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 2 }) }, { weight: 1, arbitrary: fc.nat({ max: 20 }) }),
    kind: fc.oneof(
      { weight: 24, arbitrary: fc.constant('likely') },
      { weight: 6, arbitrary: fc.constant('other') },
      { weight: 1, arbitrary: fc.constantFrom('foreign', 'unknown') },
    ),
  })
  .map(({ back, kind: which }) => (kind, likely, others = []) => {
    const names = which === 'other' || likely.length === 0 ? [...likely, ...others] : likely;
    const name = names.at(-1 - (back % Math.max(names.length, 1)));
    if (name === undefined) return null;
    if (which === 'unknown') return `${kind}#none`;
    return which === 'foreign' ? `${FOREIGN}${name}` : name;
  });

const commitAmount = fc.oneof(
  { weight: 5, arbitrary: amount },
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant('0') },
);
const final = fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 2, arbitrary: fc.constant(false) });
type CommitPlan = (known: Known) => CommitAsk | null;
const commitAsk: fc.Arbitrary<CommitPlan> = fc
  .record({ choose: choice, amount: commitAmount, usage: fc.oneof(fc.constant([]), usage), final })
  .map(({ choose, ...rest }) => ({ open, closed }) => {
    const authorization = choose('auth', open, closed);
    return authorization === null ? null : { authorization, ...rest };
  });

/** `null`: what it is about isn't there yet. */
export type RequestPlan = (known: Known) => Request | null;
const fixed = (request: fc.Arbitrary<Request>): fc.Arbitrary<RequestPlan> => request.map((made) => () => made);
const planned = <T>(
  values: fc.Arbitrary<T>,
  make: (value: T, known: Known) => Request | null,
): fc.Arbitrary<RequestPlan> => values.map((value) => (known) => make(value, known));
const createAccount = fc.record({
  type: type('create_account'),
  account,
  unit: fc.oneof({ weight: 5, arbitrary: type('credits') }, { weight: 1, arbitrary: type('USD') }),
  limit,
  overage,
  prices,
  commitment,
});

export const grant = fc.record({
  amount: more,
  category: fc.constantFrom('paid' as const, 'promotional' as const, 'included' as const),
  priority: fc.constantFrom(100, 100, 100, 50, 200),
  scope,
  /** From now, in milliseconds. */
  start: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(-MINUTE, SECOND, MINUTE, 15 * MINUTE) },
  ),
  end: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: fc.constantFrom(SECOND, MINUTE, 15 * MINUTE, DAY) },
    { weight: 1, arbitrary: fc.constantFrom(0, 2 * DAY) },
  ),
});
type GrantPlan = typeof grant extends fc.Arbitrary<infer Values> ? Values : never;

export function grantAt({ now }: Known, made: { readonly grant: GrantPlan; readonly account: AccountName }): Request {
  const { start, end, ...rest } = made.grant;
  return {
    type: 'create_grant',
    account: made.account,
    ...rest,
    effectiveAt: start === null ? null : now + start,
    expiresAt: end === null ? null : now + end,
  };
}

const budgetName = fc.constantFrom('first', 'first', 'first', 'second');
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

const tag = fc.constantFrom(null, null, 'team');
const rare = <T>(made: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: made });
const few = <T>(made: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(made, { minLength: 1, maxLength: 2 }) },
  );
const period = fc.constantFrom('second' as const, 'minute' as const, 'minute' as const, 'hour' as const);
const rate = fc.oneof(
  fc.record({ of: type('amount'), limit: fc.constantFrom('5', '8.5', '20'), per: period, tag }),
  fc.record({ of: type('requests'), limit: fc.constantFrom('1', '3'), per: period, tag }),
);
const reaction = {
  action: fc.constantFrom('alert' as const, 'throttle' as const, 'throttle' as const, 'suspend' as const),
  seconds: fc.constantFrom(null, 1, 60, 900),
  tag,
};
export const rules: fc.Arbitrary<RulesAsk> = fc.record({
  maxAmount: rare(fc.constantFrom('3', '5', '10')),
  maxOpenHolds: rare(fc.constantFrom(1, 2, 4)),
  maxOutput: rare(fc.constantFrom(2, 3, 4)),
  // One twice would be one.
  rate: few(rate).map((all) => all.slice(0, JSON.stringify(all[0]) === JSON.stringify(all[1]) ? 1 : 2)),
  nap: few(fc.record({ over: fc.constantFrom(1, 4), seconds: fc.constantFrom(1, 60, 900), tag })),
  loop: few(fc.record({ times: fc.constantFrom(3, 5), ...reaction })),
  spike: few(fc.record({ factor: type('8'), floor: fc.constantFrom('2', '10'), ...reaction })),
  exempt: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});
const WINDOWS = { loop: MINUTE, spike: 60 * MINUTE };
const found = fc.record({
  kind: fc.constantFrom('loop' as const, 'spike' as const),
  back: fc.nat({ max: 3 }),
  value: fc.constantFrom('red', 'blue', '(none)'),
  usual: fc.constantFrom('0', '5'),
});

/** What one of the rules of some account might find. */
function findingAt(
  { now, rules }: Known,
  { kind, back, value, usual }: typeof found extends fc.Arbitrary<infer F> ? F : never,
): Request | null {
  const all = rules.flatMap(({ account, rules }) =>
    [...rules[kind], ...rules.loop, ...rules.spike].map((rule) => ({ account, rule })),
  );
  const one = all.at(-1 - (back % Math.max(all.length, 1)));
  if (!one) return null;
  const { account, rule } = one;
  const kindOf = 'times' in rule ? ('loop' as const) : ('spike' as const);
  const start = now - (now % WINDOWS[kindOf]);
  return {
    type: 'restrain',
    account,
    finding: { kind: kindOf, rule, value: rule.tag === null ? null : value, start, usual },
  };
}

const onAuthorization = <T extends object>(
  likely: 'open' | 'closed',
  rest: fc.Arbitrary<T>,
  make: (authorization: ObjectName, rest: T) => Request,
): fc.Arbitrary<RequestPlan> =>
  planned(fc.record({ choose: choice, rest }), ({ choose, rest }, { open, closed }) => {
    const authorization = likely === 'open' ? choose('auth', open, closed) : choose('auth', closed, open);
    return authorization === null ? null : make(authorization, rest);
  });

export const oneCommit = planned(commitAsk, (plan, known) => {
  const one = plan(known);
  return one && { type: 'commit', ...one };
});
export const adjustment = onAuthorization(
  'closed',
  fc.record({ amount: fc.option(commitAmount, { freq: 2 }), usage }).map(sayingSomething),
  (authorization, rest) => ({ type: 'adjust', authorization, ...rest }),
);

const raiseOfBudget = planned(
  fc.record({ account, name: budgetName, raise: fc.option(raise, { freq: 4 }) }),
  ({ raise: raised, account: anyone, name: any }, { now, budgets }) => {
    const { account, name } = budgets.at(-1) ?? { account: anyone, name: any };
    return { type: 'raise_budget', account, name, raise: raised && { ...raised, until: now + raised.until } };
  },
);

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
  { weight: 1, arbitrary: fixed(createAccount) },
  { weight: 3, arbitrary: fixed(fc.record({ type: type('set_rules'), account, rules })) },
  { weight: 4, arbitrary: planned(found, (made, known) => findingAt(known, made)) },
  { weight: 2, arbitrary: fixed(fc.record({ type: type('resume'), account, tag })) },
  { weight: 4, arbitrary: planned(budget, (made, known) => budgetAt(known, made)) },
  { weight: 1, arbitrary: fixed(fc.record({ type: type('delete_budget'), account, name: budgetName })) },
  { weight: 4, arbitrary: raiseOfBudget },
);

/** What a sequence may be mostly about: then few of them tell a ledger that is wrong there. */
export type Topic = 'counted prices' | 'budgets' | 'rules' | 'limits of keys';

const asked = holdAsk.map((one): HoldAsk => ({ ...one, account: 'anna', withKey: false }));
const commits = { weight: 3, arbitrary: oneCommit };
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
  'limits of keys': fc.oneof(
    {
      weight: 5,
      arbitrary: fixed(holdAsk.map((one) => ({ type: 'authorize', ...one, withKey: true }))),
    },
    commits,
    refunds,
  ),
};
