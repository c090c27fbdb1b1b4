import { sqlStateOf } from './failures.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';

/**
 * Waits for a commit that was sent behind writes without waiting for them: if one fails, Postgres answers the commit with a
 * rollback. An error that Postgres reported for a write says that nothing was committed. Without such word nobody knows.
 *
 * @throws what Postgres reported first, or {@link LedgerUnavailable} with `outcome_unknown`
 */
export async function committed(
  writes: readonly Promise<unknown>[],
  commit: Promise<{ readonly command: string }>,
): Promise<void> {
  const results = await Promise.allSettled(writes);
  const [ended] = await Promise.allSettled([commit]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed && sqlStateOf(failed.reason) !== null) throw failed.reason;
  if (ended.status === 'rejected') throw new LedgerUnavailable('outcome_unknown', { cause: ended.reason });
  if (failed) throw new LedgerUnavailable('outcome_unknown', { cause: failed.reason });
  if (ended.value.command !== 'COMMIT') throw new Error(`the transaction ended with ${ended.value.command}`);
}
