import type { FilledAccounts } from './filled-accounts.ts';
import { sliceOf } from './filled-accounts.ts';
import { rateKept } from './mix-checks.ts';
import type { Mix } from './mix.ts';

const CONNECTIONS = 128;
/** The part of requests that go to accounts which the service has never seen. */
const NEW_SHARE = 0.01;
const NEW_CONNECTIONS = 8;
/** By then a service that has just been started is at its best, and its cache is full. */
const UNTIL_FULL_S = 10;

/** @param rounds how many there are: each has never-seen accounts of its own */
export function newAccounts({ active, neverSeen }: FilledAccounts, rounds: number): Mix {
  const victim = { work: 'authorize', accounts: active, connections: CONNECTIONS } as const;
  return {
    name: 'new-accounts',
    what: 'authorize, 10,000 warm accounts, beside 1 % of charges on accounts that the service has never seen',
    fills: [active, neverSeen],
    warms: active,
    alone: () => ({ victim }),
    mixed: ({ perSecond }, round) => ({
      victim,
      beside: [
        {
          work: 'charge',
          accounts: sliceOf(neverSeen, round, rounds),
          picks: 'each-once',
          connections: NEW_CONNECTIONS,
          pace: { kind: 'fixed', perSecond: Math.max(1, NEW_SHARE * perSecond) },
        },
      ],
    }),
    checks: (all) => [rateKept('10,000 warm accounts beside 1 % never seen ÷ all warm', all, { atLeast: 0.85 })],
  };
}

export function manyAccounts({ active, manyActive }: FilledAccounts): Mix {
  const count = manyActive.count.toLocaleString('en-US');
  return {
    name: 'many-accounts',
    what: `authorize, ${count} active accounts, after 10,000`,
    fills: [active, manyActive],
    warms: active,
    warmUpSeconds: UNTIL_FULL_S,
    alone: () => ({ victim: { work: 'authorize', accounts: active, connections: CONNECTIONS } }),
    mixed: () => ({
      victim: { work: 'authorize', accounts: manyActive, connections: CONNECTIONS },
      hasOwnService: true,
    }),
    checks: (rounds) => [rateKept(`${count} active accounts ÷ 10,000`, rounds, { atLeast: 0.85 })],
  };
}
