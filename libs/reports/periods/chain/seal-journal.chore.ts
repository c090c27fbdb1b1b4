import type { TimedChore } from '#background';
import type { Pool } from '#database';
import { sealDaily } from './seal-journal.ts';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Chains the journal by hashes, each account once a day: what was altered since is found, and the close of a month has little
 * left to read.
 *
 * @param pool with the rights of requests
 */
export function sealJournalChore(pool: Pool): TimedChore {
  return {
    kind: 'timed',
    name: 'seal_journal',
    title: 'Chaining the journal by hashes',
    failureLevel: 'error',
    everyMs: HOUR_MS,
    retryMs: HOUR_MS,
    run: async () => {
      await sealDaily(pool);
      return false;
    },
  };
}
