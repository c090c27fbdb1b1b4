import fc from 'fast-check';
import type { GrantScope, OveragePolicy, Usage } from '#ledger';
import type { Prices } from './reference-prices.ts';
import { FOREIGN, type AccountName, type ObjectName, type Request, type RulesAsk, type Sent } from './requests.ts';

/** What a request may refer to when its turn comes. */
export interface Known {
  /** Milliseconds since the sequence began. */
  readonly now: number;
  /** Authorizations that can still be committed. */
  readonly open: readonly ObjectName[];
  readonly closed: readonly ObjectName[];
  readonly grants: readonly ObjectName[];
  readonly purchases: readonly ObjectName[];
  readonly budgets: readonly BudgetName[];
  readonly rules: readonly { readonly account: AccountName; readonly rules: RulesAsk }[];
  readonly sent: readonly Sent[];
}

interface BudgetName {
  readonly account: AccountName;
  readonly name: string;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Few and recurring lengths of time, and what is just short of them: so that things fall on the very same instant. */
const SECONDS = [1, 60, 900, 86_400];
/** The largest amount there is. */
const MOST = '99999999999999999999999999.999999999999';

export const account = fc.oneof(
  { weight: 16, arbitrary: fc.constant<AccountName>('anna') },
  { weight: 6, arbitrary: fc.constant<AccountName>('ben') },
  { weight: 2, arbitrary: fc.constant<AccountName>('anna@test') },
  { weight: 1, arbitrary: fc.constant<AccountName>('carl') },
);
export const amount = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('1', '2', '3', '4', '5', '7', '10') },
  { weight: 3, arbitrary: fc.constantFrom('0.5', '2.25', '0.1', '0.000000000001', '1.999999999999') },
  { weight: 1, arbitrary: fc.constantFrom('100', '12345678901234567890123456.123456789012', MOST) },
);
export const more = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('10', '20', '30') },
  { weight: 3, arbitrary: amount },
);
export const overage = fc.constantFrom<OveragePolicy[]>('cap', 'debt', 'reject');
export const limit = fc.constantFrom('0', '0', '5', '20');
export const commitment = fc.constantFrom(null, null, '5', '20', '0.000000000003');
export const seconds = fc.constantFrom(...SECONDS);
export const type = <T extends string>(name: T): fc.Arbitrary<T> => fc.constant(name);
const event = fc.constantFrom('chat', 'image');
const model = fc.constantFrom('small', 'large');
export const tags = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ team: fc.constantFrom('red', 'blue') }) },
);
const some = fc.constantFrom(0, 1, 2, 3, 5, 9);
export const oneUsage: fc.Arbitrary<Usage> = fc.oneof(
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
export const usage = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(oneUsage, { maxLength: 2 }) },
);
export const prices = fc.constantFrom<Prices[]>('none', 'full', 'full', 'half');
/** Without an amount, it is the usage that says what is asked for. */
export const amountOfUsage = fc.oneof({ weight: 2, arbitrary: amount }, { weight: 1, arbitrary: fc.constant(null) });
export const sayingSomething = <T extends { readonly amount: string | null; readonly usage: readonly Usage[] }>(
  said: T,
): T => (said.amount === null && said.usage.length === 0 ? { ...said, amount: '1' } : said);
export const scope: fc.Arbitrary<GrantScope | null> = fc.oneof(
  { weight: 7, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ events: fc.uniqueArray(event, { minLength: 1 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ models: fc.uniqueArray(model, { minLength: 1 }), events: fc.constant(['chat']) }),
  },
  { weight: 1, arbitrary: fc.record({ tags: fc.record({ team: fc.constantFrom('red', 'blue') }) }) },
);
export const mode = fc.constantFrom('all_or_nothing' as const, 'independent' as const);

/** Chooses among what is there, mostly the newest; `null` where there is nothing. */
type Choice = (kind: string, likely: readonly ObjectName[], others?: readonly ObjectName[]) => ObjectName | null;
export const choice: fc.Arbitrary<Choice> = fc
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

/** `null`: what it is about isn't there yet. */
export type RequestPlan = (known: Known) => Request | null;
export const fixed = (request: fc.Arbitrary<Request>): fc.Arbitrary<RequestPlan> => request.map((made) => () => made);
export const planned = <T>(
  values: fc.Arbitrary<T>,
  make: (value: T, known: Known) => Request | null,
): fc.Arbitrary<RequestPlan> => values.map((value) => (known) => make(value, known));

export const tag = fc.constantFrom(null, null, 'team');
export const rare = <T>(made: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: made });
export const few = <T>(made: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(made, { minLength: 1, maxLength: 2 }) },
  );

export const onAuthorization = <T extends object>(
  likely: 'open' | 'closed',
  rest: fc.Arbitrary<T>,
  make: (authorization: ObjectName, rest: T) => Request,
): fc.Arbitrary<RequestPlan> =>
  planned(fc.record({ choose: choice, rest }), ({ choose, rest }, { open, closed }) => {
    const authorization = likely === 'open' ? choose('auth', open, closed) : choose('auth', closed, open);
    return authorization === null ? null : make(authorization, rest);
  });
