import { hot } from '../accounts.ts';
import { median } from '../report/statistics.ts';
import { summed } from './mix-checks.ts';
import type { Mix } from './mix.ts';

const IDLE = hot('tail-idle');
const STEADY = hot('tail-steady');

export const TAIL: Mix = {
  name: 'tail',
  what: 'authorize, 1,000 a second offered, after one at a time',
  showsRounds: true,
  opens: [{ accounts: IDLE }, { accounts: STEADY }],
  alone: () => ({ victim: { work: 'authorize', accounts: IDLE, connections: 1 } }),
  mixed: () => ({
    victim: {
      work: 'authorize',
      accounts: STEADY,
      connections: 128,
      pace: { kind: 'fixed', perSecond: 1000 },
    },
  }),
  checks: (rounds) => {
    const ratios = rounds.map(({ alone, mixed }) => mixed.victim.latency.p99 / alone.victim.latency.p50);
    return [
      summed('p99 at 1,000 a second ÷ idle p50, worst round', ratios, (values) => Math.max(...values), { atMost: 10 }),
      summed('p99 at 1,000 a second ÷ idle p50, median', ratios, median),
    ];
  },
};
