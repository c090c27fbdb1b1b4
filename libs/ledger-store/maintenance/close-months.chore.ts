import type { ChoreLog, TimedChore } from '#background';
import type { Pool } from '#database';
import { closeMonths } from './close-months.ts';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Closes the months that are over. Balances of the past are right without it, and take longer.
 *
 * @param pool with the rights of the tables' owner
 */
export function closeMonthsChore(pool: Pool, log: ChoreLog): TimedChore {
  return {
    kind: 'timed',
    name: 'close_months',
    title: 'Closing of months',
    failureLevel: 'error',
    everyMs: HOUR_MS,
    retryMs: HOUR_MS,
    run: async () => {
      const { months, isMore } = await closeMonths(pool);
      for (const month of months) log.info({ month }, 'closed the month for all accounts');
      return isMore;
    },
  };
}
