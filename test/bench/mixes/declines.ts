import { hot } from '../accounts.ts';
import { rateKept, summed } from './mix-checks.ts';
import type { Mix } from './mix.ts';

const CONNECTIONS = 64;
const DECLINING = 4;

const HEALTHY = hot('beside-declines');
const DECLINED = hot('declined-beside');

export const BESIDE_DECLINES: Mix = {
  name: 'beside-declines',
  what: `authorize, one hot account, beside ${DECLINING} connections that are declined (credits_held) on another`,
  opens: [{ accounts: HEALTHY }, { accounts: DECLINED, credits: 'held' }],
  alone: () => ({ victim: { work: 'authorize', accounts: HEALTHY, connections: CONNECTIONS } }),
  mixed: () => ({
    victim: { work: 'authorize', accounts: HEALTHY, connections: CONNECTIONS },
    beside: [{ work: 'decline-held', accounts: DECLINED, connections: DECLINING }],
  }),
  checks: (rounds) => [rateKept('hot account beside 4 declining connections ÷ alone', rounds, { atLeast: 0.9 })],
};

const APPROVED = hot('only-approvals');
const ALL_HELD = hot('only-declines');

export const ONLY_DECLINES: Mix = {
  name: 'only-declines',
  what: 'only declines (credits_held), one hot account, after only approvals of another',
  opens: [{ accounts: APPROVED }, { accounts: ALL_HELD, credits: 'held' }],
  alone: () => ({ victim: { work: 'authorize', accounts: APPROVED, connections: CONNECTIONS } }),
  mixed: () => ({ victim: { work: 'decline-held', accounts: ALL_HELD, connections: CONNECTIONS } }),
  checks: (rounds) => {
    const declines = rounds.map(({ mixed }) => mixed.victim.perSecond);
    return [
      rateKept('only declines, hot ÷ only approvals, hot', rounds, { atLeast: 0.8 }),
      summed('only declines, per second, slowest round ÷ fastest', declines, flatness),
    ];
  },
};

function flatness(values: readonly number[]): number {
  return Math.min(...values) / Math.max(...values);
}
