import { hot, type AccountSet } from '../accounts.ts';
import { noneRefused, rateKept } from './mix-checks.ts';
import type { Mix } from './mix.ts';

/** Half as many payments a second: about what Stripe takes of one account. */
const CHARGES_PER_SECOND = 40;

const ACCOUNT = hot('beside-topups');
const TOPPED_UP: AccountSet = { name: 'topped-up', count: 200 };
const VICTIM = { work: 'authorize', accounts: ACCOUNT, connections: 64 } as const;

/** Rules that fire all the time: every second charge of an account, and the provider `test` collects at once. */
export const BESIDE_TOPUPS: Mix = {
  name: 'topups',
  what:
    `authorize in live, one hot account, beside ${CHARGES_PER_SECOND} charges a second in test on ${TOPPED_UP.count} ` +
    'accounts, every second of which fires a top-up rule',
  opens: [{ accounts: ACCOUNT }, { accounts: TOPPED_UP, environment: 'test', credits: 'none', refill: 'topups' }],
  alone: () => ({ victim: VICTIM }),
  mixed: () => ({
    victim: VICTIM,
    beside: [
      {
        work: 'charge',
        accounts: TOPPED_UP,
        environment: 'test',
        connections: 16,
        pace: { kind: 'fixed', perSecond: CHARGES_PER_SECOND },
      },
    ],
  }),
  checks: (rounds) => [
    rateKept('hot account beside accounts whose top-up rules fire all the time ÷ alone', rounds, { atLeast: 0.8 }),
    noneRefused('requests of the hot account refused beside top-ups', rounds),
  ],
};
