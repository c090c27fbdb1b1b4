import fc from 'fast-check';
import type { Offered, Told } from './reference-purchases.ts';

const offered: fc.Arbitrary<Offered> = fc
  .record({
    cents: fc.constantFrom(1, 2, 5, 10, 20),
    perCent: fc.constantFrom(1, 4),
    hasBonus: fc.boolean(),
    hours: fc.constantFrom(null, null, 1, 12, 48),
  })
  .map(({ cents, perCent, hasBonus, hours }) => {
    const credits = cents * perCent;
    return { cents, credits, bonus: hasBonus ? credits : 0, hours };
  });

const told: fc.Arbitrary<Told> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Told>({ status: 'succeeded', cents: null }) },
  { weight: 2, arbitrary: fc.record({ status: fc.constant('succeeded' as const), cents: fc.constantFrom(1, 5, 10) }) },
  { weight: 2, arbitrary: fc.record({ status: fc.constantFrom('failed' as const, 'processing' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ status: fc.constant('requires_action' as const), url: fc.constantFrom('here', 'there') }),
  },
);

const is = <T extends string>(name: T): fc.Arbitrary<T> => fc.constant(name);
const amount = fc.integer({ min: 1, max: 60 });
/** Which of those that are there; the last ones most often. */
const back = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) });
const cents = fc.constantFrom(1, 2, 5, 10, 30);

const ofPayment = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: is('tell'), back, told }) },
  { weight: 1, arbitrary: fc.record({ do: is('cancel'), back }) },
  { weight: 2, arbitrary: fc.record({ do: is('refund credits'), back, credits: fc.option(amount) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: is('refund money'), back, cents, reference: fc.constantFrom('re_1', 're_2') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('settle refund'),
      back,
      nth: fc.constantFrom(0, 0, 1),
      status: fc.constantFrom('succeeded' as const, 'failed' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is('dispute'),
      back,
      state: fc.constantFrom('opened' as const, 'opened' as const, 'won' as const, 'lost' as const),
      reference: fc.constantFrom('dp_1', 'dp_1', 'dp_2'),
      cents: fc.option(cents),
    }),
  },
);

const ofCredits = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: is('charge'), amount }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: is('hold'), amount, hours: fc.integer({ min: 1, max: 20 }), mayOwe: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('commit'), back, amount }) },
  { weight: 1, arbitrary: fc.record({ do: is('release'), back }) },
  { weight: 1, arbitrary: fc.record({ do: is('give'), amount, hours: fc.constantFrom(null, 12) }) },
  { weight: 1, arbitrary: fc.record({ do: is('void'), back }) },
);

/** Something that happens to an account that buys credits. */
const payment = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: is('buy'), offered }) },
  { weight: 10, arbitrary: ofPayment },
  { weight: 7, arbitrary: ofCredits },
  { weight: 3, arbitrary: fc.record({ do: is('pass'), hours: fc.constantFrom(1, 1, 2, 11, 12, 30) }) },
  { weight: 1, arbitrary: fc.record({ do: is('sweep') }) },
);
export type PaymentStep = typeof payment extends fc.Arbitrary<infer S> ? S : never;

const close = fc.record({ do: is('close'), remains: fc.constantFrom('lost' as const, 'returned' as const) });
export type Step = PaymentStep | (typeof close extends fc.Arbitrary<infer S> ? S : never);

/** Sequences that begin with a purchase. Once the account is closed, much of what follows is refused: so that is rare. */
export const paymentOrders: fc.Arbitrary<readonly Step[]> = fc
  .record({
    first: fc.record({ do: is('buy'), offered }),
    steps: fc.array(payment, { minLength: 4, maxLength: 22, size: 'max' }),
    end: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Step[]>([]) },
      {
        weight: 1,
        arbitrary: fc.tuple(close, fc.array(payment, { maxLength: 5 })).map(([one, after]) => [one, ...after]),
      },
    ),
  })
  .map(({ first, steps, end }) => [first, ...steps, ...end]);
