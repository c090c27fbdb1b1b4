import fc from 'fast-check';
import { account, DAY, HOUR, MINUTE, type RequestPlan, fixed } from './random-values.ts';
import type { TopupAsk } from './requests.ts';

const topupRule: fc.Arbitrary<TopupAsk> = fc.record({
  enabled: fc.integer({ min: 0, max: 7 }).map((n) => n > 0),
  on: fc.constantFrom('available' as const, 'available' as const, 'posted' as const),
  threshold: fc.constantFrom('20', '5', '0', '12.5'),
  buys: fc.constantFrom<TopupAsk['buys'][]>({ amount: '10' }, { amount: '30' }, { target: '40' }, 'package'),
  method: fc.constantFrom('pm_1', 'pm_1', 'pm_2'),
  cooldown: fc.constantFrom(0, 0, MINUTE, 2 * HOUR),
  most: fc.record({ count: fc.constantFrom(100, 100, 1, 2), amount: fc.constantFrom(null, null, '20', '35') }),
  lifetime: fc.constantFrom(null, null, DAY),
});

/** A rule that is there from the beginning. */
export const firstTopupRule = topupRule.map((rule): TopupAsk => ({ ...rule, enabled: true }));

export const setTopup: fc.Arbitrary<RequestPlan> = fixed(
  fc
    .record({ account, rule: fc.option(topupRule, { freq: 9 }) })
    .map(({ account, rule }) => ({ type: 'set_topup', account, rule })),
);
