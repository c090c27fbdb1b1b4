import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { findStale, findWritten, rollupLag } from './changed-accounts.ts';
import { rollUp } from './roll-up.ts';

const EVERY_MS = 1_000;
const LOOK_AT_ALL_EVERY_MS = 10 * 60 * 1_000;
const ACCOUNTS_AT_ONCE = 500;
/** They are looked for less often than they are rolled up. */
const FOUND_AT_ONCE = 10_000;
/** A run ends after this long, and the next one goes on. */
const RUN_MS_MAX = 5_000;

/**
 * Adds up what accounts have used. It finds them where they were written last, and looks at all of them every ten minutes. Several
 * workers share the accounts: what one has locked the others leave to it.
 *
 * @param pool with the rights of requests
 */
export function rollUpChore(pool: Pool): TimedChore {
  let lookedAt = 0;
  let lookedAtAll = Number.NEGATIVE_INFINITY;
  return {
    kind: 'timed',
    name: 'roll_up',
    title: 'Adding up what was used',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    gauge: {
      name: 'purser_rollup_lag_seconds',
      help: 'How long the account that waits longest has waited to be added up in the reports.',
      read: () => rollupLag(pool),
    },
    run: async () => {
      const startedAt = Date.now();
      const isForAll = startedAt - lookedAtAll >= LOOK_AT_ALL_EVERY_MS;
      const due = isForAll
        ? await findStale(pool, { limit: FOUND_AT_ONCE })
        : await findWritten(pool, lookedAt, FOUND_AT_ONCE);
      const { isDone, isShared } = await rollUpAll(pool, due);
      if (!isDone || due.length === FOUND_AT_ONCE) return true;
      // Should the other worker fail, what it had is found again.
      if (!isShared) lookedAt = startedAt;
      if (isForAll) lookedAtAll = startedAt;
      return false;
    },
  };
}

/** Ends after a while, whatever is left. */
async function rollUpAll(
  pool: Pool,
  accounts: readonly AccountKey[],
): Promise<{ readonly isDone: boolean; readonly isShared: boolean }> {
  const endsAt = performance.now() + RUN_MS_MAX;
  let isShared = false;
  let rest = accounts;
  while (rest.length > 0 && performance.now() < endsAt) {
    const result = await rollUp(pool, rest.slice(0, ACCOUNTS_AT_ONCE), { isWaiting: false });
    isShared ||= result.isShared;
    rest = [...rest.slice(ACCOUNTS_AT_ONCE), ...result.unfinished];
  }
  return { isDone: rest.length === 0, isShared };
}
