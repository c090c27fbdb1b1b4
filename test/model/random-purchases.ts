import fc from 'fast-check';
import { account, choice, DAY, fixed, MINUTE, planned, type, type RequestPlan } from './random-values.ts';

const buying = fc.record({
  type: type('buy'),
  account,
  credits: fc.constantFrom('10', '20', '30', '0.000000000003'),
  hasBonus: fc.boolean(),
  price: fc.constantFrom('1', '3', '0.25'),
  lifetime: fc.constantFrom(null, null, MINUTE, DAY),
});
const buy = fixed(buying);
const result = fc.constantFrom(
  'succeeded' as const,
  'succeeded' as const,
  'succeeded' as const,
  'failed' as const,
  'other amount' as const,
);
const pay = planned(fc.record({ choose: choice, result }), ({ choose, result }, { purchases }) => {
  const purchase = choose('purchase', purchases);
  return purchase === null ? null : { type: 'pay', purchase, result };
});
const cancel = planned(choice, (choose, { purchases }) => {
  const purchase = choose('purchase', purchases);
  return purchase === null ? null : { type: 'cancel_purchase', purchase };
});
const returned = fc.record({
  choose: choice,
  money: fc.constantFrom('0.25', '0.5', '1', '3'),
  reference: fc.constantFrom('re_1', 're_2', 're_3'),
});
const returnMoney = planned(returned, ({ choose, ...rest }, { purchases }) => {
  const purchase = choose('purchase', purchases);
  return purchase === null ? null : { type: 'return_money', purchase, ...rest };
});

/** A purchase of this account. */
export const purchaseOf = (name: 'anna'): fc.Arbitrary<RequestPlan> =>
  fixed(buying.map((one) => ({ ...one, account: name })));

/** What becomes of purchases that somebody, or a rule, has begun; now and then somebody buys. */
export const aboutPayments: fc.Arbitrary<RequestPlan> = fc.oneof(
  { weight: 1, arbitrary: buy },
  { weight: 8, arbitrary: pay },
  { weight: 1, arbitrary: cancel },
  { weight: 1, arbitrary: returnMoney },
);

/** Buying, and whatever is heard of the payment, in any order. */
export const aboutPurchases: fc.Arbitrary<RequestPlan> = fc.oneof(
  { weight: 3, arbitrary: buy },
  { weight: 5, arbitrary: pay },
  { weight: 1, arbitrary: cancel },
  { weight: 2, arbitrary: returnMoney },
);
