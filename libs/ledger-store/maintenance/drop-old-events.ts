import type { Pool } from '#database';
import { EVENT_DAYS } from '../read/event-reader.ts';

const AT_ONCE = 5000;

/**
 * Drops relayed events that are too old to be kept, the oldest first, some thousand at a time so that nothing waits for it.
 *
 * @returns how many
 */
export async function dropOldEvents(pool: Pool): Promise<number> {
  let dropped = 0;
  for (;;) {
    const { rowCount } = await pool.query(
      `delete from events where ctid = any(array(
        select old.ctid from environments, lateral (
          select ctid from events
          where environment = name and recorded_at < now() - make_interval(days => $1) and relayed_at is not null order by recorded_at limit $2
        ) old limit $2
      ))`,
      [EVENT_DAYS, AT_ONCE],
    );
    dropped += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return dropped;
  }
}
