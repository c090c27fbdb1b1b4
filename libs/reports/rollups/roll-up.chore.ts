import type { TimedChore } from '#background';
import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { findStale, findWritten, rollupLag } from './changed-accounts.ts';
import { namedFailures, rollUpApart, type RollupFailure } from './roll-up-apart.ts';

const EVERY_MS = 1_000;
const LOOK_AT_ALL_EVERY_MS = 10 * 60 * 1_000;
const ACCOUNTS_AT_ONCE = 500;
/** They are looked for less often than they are rolled up. */
const FOUND_AT_ONCE = 10_000;
/** A run ends after this long, and the next one goes on. */
const RUN_MS_MAX = 5_000;

/**
 * Adds up what accounts have used. It finds them where they were written last, and looks at all of them every ten minutes. Several
 * workers share the accounts: what one has locked the others leave to it. An account that can't be added up is logged as an error and
 * left out, until all of them are looked at again.
 *
 * @param pool with the rights of requests
 */
export function rollUpChore(pool: Pool, logError: (line: string) => void): TimedChore {
  let lookedAt = 0;
  let lookedAtAll = Number.NEGATIVE_INFINITY;
  /** What was found and isn't known to be rolled up: should the other worker fail, what it had is still in here. */
  let waiting: readonly AccountKey[] = [];
  const failing = new Set<AccountKey>();
  return {
    kind: 'timed',
    name: 'roll_up',
    title: 'Adding up what was used',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    gauge: {
      name: 'purser_rollup_lag_seconds',
      help: 'How long the account that waits longest has waited to be added up in the reports.',
      // Until all accounts were looked at once, what was found so far is asked, and not the whole journal.
      read: () => rollupLag(pool, lookedAt || Date.now(), [...waiting, ...failing]),
    },
    run: async () => {
      const startedAt = Date.now();
      const isForAll = startedAt - lookedAtAll >= LOOK_AT_ALL_EVERY_MS;
      const found = isForAll
        ? await findStale(pool, { limit: FOUND_AT_ONCE })
        : await findWritten(pool, lookedAt, FOUND_AT_ONCE);
      if (isForAll) failing.clear();
      waiting = [...new Set([...waiting, ...found])].filter((key) => !failing.has(key));
      const { rest, shared, failed } = await rollUpAll(pool, waiting);
      waiting = [...rest, ...shared];
      for (const { account } of failed) failing.add(account);
      if (failed.length > 0) for (const line of await namedFailures(pool, failed)) logError(line);
      if (found.length === FOUND_AT_ONCE) return true;
      lookedAt = startedAt;
      if (isForAll) lookedAtAll = startedAt;
      return rest.length > 0;
    },
  };
}

interface RolledUpAll {
  readonly rest: readonly AccountKey[];
  readonly shared: readonly AccountKey[];
  readonly failed: readonly RollupFailure[];
}

/** Ends after a while, whatever is left. */
async function rollUpAll(pool: Pool, accounts: readonly AccountKey[]): Promise<RolledUpAll> {
  const endsAt = performance.now() + RUN_MS_MAX;
  const shared: AccountKey[] = [];
  const failed: RollupFailure[] = [];
  let rest = accounts;
  while (rest.length > 0 && performance.now() < endsAt) {
    const result = await rollUpApart(pool, rest.slice(0, ACCOUNTS_AT_ONCE), { isWaiting: false });
    shared.push(...result.shared);
    failed.push(...result.failed);
    rest = [...rest.slice(ACCOUNTS_AT_ONCE), ...result.unfinished];
  }
  return { rest, shared, failed };
}
