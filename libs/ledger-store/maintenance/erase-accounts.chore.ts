import type { ChoreLog, TimedChore } from '#background';
import type { Pool } from '#database';
import type { Engine } from '../engine/engine.ts';
import { eraseAccounts } from './erase-accounts.ts';

const EVERY_MS = 5_000;
const RETRY_MS = 60_000;

/**
 * Erases the personal data of accounts for which that was asked.
 *
 * @param pool with the rights of the tables' owner
 */
export function eraseAccountsChore(engine: Engine, pool: Pool, log: ChoreLog): TimedChore {
  return {
    kind: 'timed',
    name: 'erase_accounts',
    title: 'Erasure of personal data',
    failureLevel: 'error',
    everyMs: EVERY_MS,
    retryMs: RETRY_MS,
    run: async () => {
      const { erased, isMore } = await eraseAccounts(engine, pool);
      for (const { environment, id } of erased) log.info({ environment, account: id }, 'erased its personal data');
      return isMore;
    },
  };
}
