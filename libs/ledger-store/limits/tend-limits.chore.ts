import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '../engine/engine.ts';
import { tendLimits } from './tend-limits.ts';

const EVERY_MS = 2_000;

/** Keeps the shares of limits over many accounts small, and sends alerts. Without it, refills take back what isn't used. */
export function tendLimitsChore(engine: Engine, pool: Pool): TimedChore {
  return {
    kind: 'timed',
    name: 'tend_limits',
    title: 'Tending limits over many accounts',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    run: async () => {
      await tendLimits(engine, pool);
      return false;
    },
  };
}
