import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '../engine/engine.ts';
import { maintainLimits } from './maintain-limits.ts';

const EVERY_MS = 2_000;

/** Keeps the shares of limits over many accounts small, and sends alerts. Without it, refills take back what isn't used. */
export function maintainLimitsChore(engine: Engine, pool: Pool): TimedChore {
  return {
    kind: 'timed',
    name: 'maintain_limits',
    title: 'Maintenance of limits over many accounts',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    run: async () => {
      await maintainLimits(engine, pool);
      return false;
    },
  };
}
