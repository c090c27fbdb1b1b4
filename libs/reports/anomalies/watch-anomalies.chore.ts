import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '#ledger-store';
import { UsualPeaks } from './usual-peaks.ts';
import { watchAnomalies } from './watch-anomalies.ts';

const EVERY_MS = 20_000;

/** Looks for hours that use more than is usual. Two looks in a row have to find one before anybody is told. */
export function watchAnomaliesChore(engine: Engine, pool: Pool, logError: (line: string) => void): TimedChore {
  const watch = { engine, pool, betweenLooksMs: EVERY_MS / 2, peaks: new UsualPeaks(), logError };
  return {
    kind: 'timed',
    name: 'watch_anomalies',
    title: 'The look for anomalies',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    retryMs: EVERY_MS,
    run: async () => {
      await watchAnomalies(watch);
      return false;
    },
  };
}
