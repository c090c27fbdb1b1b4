import { hot } from '../accounts.ts';
import { LARGE_BATCH_ITEMS } from '../load/requests.ts';
import { median } from '../report/statistics.ts';
import { noneRefused, summed } from './mix-checks.ts';
import type { Mix } from './mix.ts';

const FLOODING = 30;
/** What one waits for doesn't add to what the next waits for, as it would if they were due at fixed times. */
const PAUSE_MS = 20;

const ACCOUNT = hot('beside-batches');
const FLOODED = hot('flooded-with-batches');
const VICTIM = {
  work: 'charge',
  accounts: ACCOUNT,
  connections: 1,
  pace: { kind: 'unhurried', pauseMs: PAUSE_MS },
} as const;

export const LARGE_BATCHES: Mix = {
  name: 'large-batches',
  what:
    `charge, one client, ${PAUSE_MS} ms after each answer, beside ${FLOODING} clients that send batches of ` +
    `${LARGE_BATCH_ITEMS.toLocaleString('en-US')} on one other account as fast as they can`,
  opens: [{ accounts: ACCOUNT }, { accounts: FLOODED }],
  alone: () => ({ victim: VICTIM }),
  mixed: () => ({
    victim: VICTIM,
    beside: [{ work: 'large-batch', accounts: FLOODED, connections: FLOODING }],
  }),
  checks: (rounds) => [
    summed(
      "victim's p99 beside a flood of large batches ÷ alone",
      rounds.map(({ alone, mixed }) => mixed.victim.latency.p99 / alone.victim.latency.p99),
      median,
      { atMost: 10 },
    ),
    noneRefused("victim's requests refused beside a flood of large batches", rounds),
  ],
};
