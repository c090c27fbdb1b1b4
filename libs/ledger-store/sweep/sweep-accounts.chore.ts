import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '../engine/engine.ts';
import { QuietClocks } from './quiet-clocks.ts';
import { sweepDue, type SweepOptions } from './sweep-due.ts';

/** By the schedule one of all workers sweeps every second. */
const SCHEDULED_EVERY_MS = 1_000;
/** Besides, each sweeps by a timer of its own, whatever becomes of the queue. */
const TIMER_EVERY_MS = 5_000;

/** Books what has expired. Sweeping twice or at the same time changes nothing. */
export function sweepAccountsChore(engine: Engine, pool: Pool, options: SweepOptions): TimedChore {
  const quietClocks = new QuietClocks();
  return {
    kind: 'timed',
    name: 'sweep',
    title: 'Booking what has expired',
    healthName: 'sweeps',
    failureLevel: 'warn',
    everyMs: TIMER_EVERY_MS,
    schedule: { queue: 'sweep_accounts', everyMs: SCHEDULED_EVERY_MS },
    run: async () => {
      await sweepDue(engine, pool, { ...options, quietClocks });
      return false;
    },
  };
}
