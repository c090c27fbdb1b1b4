import type { Pool } from '#database';
import { DECLINE_DAYS } from '../declines/decline-reader.ts';

const AT_ONCE = 5000;

/** Drops counts of declined requests that are too old to be kept, some thousand at a time. @returns how many */
export async function dropOldDeclines(pool: Pool): Promise<number> {
  let dropped = 0;
  for (;;) {
    const { rowCount } = await pool.query(
      `delete from declined_requests where ctid = any(array(
        select old.ctid from environments, lateral (
          select ctid from declined_requests where environment = name and minute < now() - make_interval(days => $1) limit $2
        ) old limit $2
      ))`,
      [DECLINE_DAYS, AT_ONCE],
    );
    dropped += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return dropped;
  }
}
