import { hot } from '../accounts.ts';
import type { FilledAccounts } from './filled-accounts.ts';
import { rateKept, summed } from './mix-checks.ts';
import type { Mix } from './mix.ts';

const ACCOUNT = hot('beside-sweeps');
const VICTIM = { work: 'authorize', accounts: ACCOUNT, connections: 64 } as const;

export function besideSweeps({ lapsing }: FilledAccounts): Mix {
  return {
    name: 'sweeps',
    what: 'authorize, one hot account, while each second holds of 300 other accounts lapse',
    opens: [{ accounts: ACCOUNT }],
    fills: [lapsing],
    alone: () => ({ victim: VICTIM }),
    mixed: () => ({ victim: VICTIM, lapsing }),
    checks: (rounds) => [
      rateKept('start with sweeps due ÷ without', rounds, { atLeast: 0.95 }),
      summed(
        'holds of other accounts that were booked meanwhile, of each round',
        rounds.map(({ mixed }) => mixed.holdsBooked ?? 0),
        (values) => Math.min(...values),
        { atLeast: 1 },
      ),
    ],
  };
}
