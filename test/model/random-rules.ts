import fc from 'fast-check';
import { few, MINUTE, rare, tag, type, type Known } from './random-values.ts';
import type { Request, RulesAsk } from './requests.ts';

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
export const found = fc.record({
  kind: fc.constantFrom('loop' as const, 'spike' as const),
  back: fc.nat({ max: 3 }),
  value: fc.constantFrom('red', 'blue', '(none)'),
  usual: fc.constantFrom('0', '5'),
});

/** What one of the rules of some account might find. */
export function findingAt(
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
