import type { Pool } from '#database';
import type { Engine } from '../engine/engine.ts';
import { returnedShare, returnShareSubmission } from '../engine/refilling.ts';
import { queryable } from '../queryable.ts';
import { attemptRead } from '../read/attempt-read.ts';
import { transact } from '../transact.ts';
import { alertOnLimit } from './alert-on-limit.ts';
import { readWindow } from './idle-shares.ts';
import { returnShares } from './refill-shares.ts';

/** A share that was leased nothing for so long gives back what it doesn't use. */
const IDLE_MS = 60_000;

interface RunningRow {
  readonly limit_id: string;
  readonly window_start: Date;
  readonly is_beyond: boolean;
  readonly is_short: boolean;
}

/**
 * Looks after the limits over many accounts: gives back what accounts don't use where half of a limit is leased, or at once where it
 * was lowered below that, and sends the alerts that are due. Two at once do no harm.
 */
export async function maintainLimits(engine: Engine, pool: Pool): Promise<void> {
  const { rows } = await attemptRead(() =>
    queryable(pool).query<RunningRow>(
      `select w.limit_id, w.window_start, w.granted > l.amount as is_beyond, w.granted > l.amount / 2 as is_short
      from span_limit_windows w join span_limits l on l.id = w.limit_id
      where l.amount is not null and w.granted > 0 and (w.window_end is null or w.window_end > clock_timestamp())`,
    ),
  );
  for (const { limit_id: limit, window_start, is_beyond, is_short } of rows) {
    const windowStart = window_start.getTime();
    const unleasedMs = is_beyond ? 0 : IDLE_MS;
    const now = await transact(pool, (database) => readWindow(database, { limit, windowStart }, { unleasedMs }));
    if (!now) continue;
    await alertOnLimit(pool, now);
    if (is_short && now.idleShares.length > 0) {
      await returnShares(pool, now, now.idleShares, async (share) =>
        returnedShare(await engine.submit(returnShareSubmission(share))),
      );
    }
  }
}
