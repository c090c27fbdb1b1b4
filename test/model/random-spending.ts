import fc from 'fast-check';
import {
  account,
  amount,
  amountOfUsage,
  choice,
  commitment,
  DAY,
  limit,
  MINUTE,
  more,
  onAuthorization,
  overage,
  planned,
  prices,
  sayingSomething,
  scope,
  SECOND,
  seconds,
  tags,
  type,
  usage,
  type Known,
} from './random-values.ts';
import type { AccountName, Ask, CommitAsk, HoldAsk, Request } from './requests.ts';

const withKey = fc.boolean();
export const ask: fc.Arbitrary<Ask> = fc
  .record({ account, amount: amountOfUsage, usage, tags, withKey })
  .map(sayingSomething);
export const withoutKey = <T extends Ask>(one: T): T => ({ ...one, withKey: false });
export const holdAsk: fc.Arbitrary<HoldAsk> = fc
  .record({ account, amount: amountOfUsage, usage, tags, withKey, seconds, overage: fc.option(overage, { freq: 2 }) })
  .map(sayingSomething);

const commitAmount = fc.oneof(
  { weight: 5, arbitrary: amount },
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant('0') },
);
const final = fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 2, arbitrary: fc.constant(false) });
type CommitPlan = (known: Known) => CommitAsk | null;
export const commitAsk: fc.Arbitrary<CommitPlan> = fc
  .record({ choose: choice, amount: commitAmount, usage: fc.oneof(fc.constant([]), usage), final })
  .map(({ choose, ...rest }) => ({ open, closed }) => {
    const authorization = choose('auth', open, closed);
    return authorization === null ? null : { authorization, ...rest };
  });

export const createAccount = fc.record({
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

export const oneCommit = planned(commitAsk, (plan, known) => {
  const one = plan(known);
  return one && { type: 'commit', ...one };
});
export const adjustment = onAuthorization(
  'closed',
  fc.record({ amount: fc.option(commitAmount, { freq: 2 }), usage }).map(sayingSomething),
  (authorization, rest) => ({ type: 'adjust', authorization, ...rest }),
);
