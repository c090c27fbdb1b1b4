import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '../engine/engine.ts';
import { watchUsage } from './watch-usage.ts';

const EVERY_MS = 4_000;

/** Looks for spikes and loops. Rules that are decided with each request don't wait for it. */
export function watchUsageChore(engine: Engine, pool: Pool): TimedChore {
  return {
    kind: 'timed',
    name: 'watch_usage',
    title: 'The look for spikes and loops',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    run: async () => {
      await watchUsage(engine, pool);
      return false;
    },
  };
}
