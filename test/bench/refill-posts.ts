import type { Post } from './send-all.ts';

/** What refills an account: a rule that buys whatever it has spent, credit by credit, or an allowance in every month. */
export type BenchRefill = 'topups' | 'allowance';

/** Of an account that spends a credit, it buys one. */
const TOPUPS = {
  credits: '1000',
  rule: { threshold: '999', target: '1000', provider: 'test', payment_method: 'pm_ok' },
};
const ALLOWANCE = { amount: '1000', interval: 'month', time_zone: 'UTC', anchor: '2020-01-01T00:00:00Z' };

/** The requests that set it up for an account in `test`, one after the other. */
export const REFILL_POSTS: Readonly<Record<BenchRefill, readonly ((account: string) => Post)[]>> = {
  topups: [
    (account) => ({ path: `/v1/accounts/${account}/grants`, body: JSON.stringify({ amount: TOPUPS.credits }) }),
    (account) => ({ method: 'PUT', path: `/v1/accounts/${account}/auto-topup`, body: JSON.stringify(TOPUPS.rule) }),
  ],
  allowance: [
    (account) => ({
      method: 'PUT',
      path: `/v1/accounts/${account}/recurring-grants/allowance`,
      body: JSON.stringify(ALLOWANCE),
    }),
  ],
};
