import { formatAmount } from '#amounts';
import type { Pool } from '#database';
import { percentOf, publicId, type LimitEvents } from '#ledger';
import { transact } from '../transact.ts';
import { insertEnvironmentEvent } from '../write/environment-event.ts';
import type { WindowNow } from './idle-shares.ts';

/** In percent of the amount, lowest first. */
const LIMIT_THRESHOLDS = [50, 75, 90, 100] as const;

interface LimitRow {
  readonly environment: string;
  readonly unit: string;
  readonly alerted: number;
  readonly kind: 'key' | 'environment';
  readonly key_id: string | null;
}

/** Tells that so much of a limit is spent, once per window and threshold. */
export async function alertOnLimit(pool: Pool, { limit, amount, window, spent }: WindowNow): Promise<void> {
  const reached = LIMIT_THRESHOLDS.filter((percent) => !amount.isZero() && spent.times(100).gte(amount.times(percent)));
  const percent = reached.at(-1);
  if (percent === undefined) return;
  const place = [limit, new Date(window.start)];
  await transact(pool, async (database) => {
    const { rows } = await database.query<LimitRow>(
      `select l.environment, l.unit, l.kind, w.alerted,
        (select id from api_keys where span_limit = l.id order by id desc limit 1) as key_id
      from span_limit_windows w join span_limits l on l.id = w.limit_id
      where w.limit_id = $1 and w.window_start = $2 and w.alerted < $3 for no key update of w`,
      [...place, percent],
    );
    const [row] = rows;
    if (!row) return;
    const { environment, unit, kind, alerted, key_id: key } = row;
    const data: LimitEvents['environment_limit.threshold_reached'] = {
      limit_id: publicId('limit', limit),
      limit: formatAmount(amount),
      unit,
      window: {
        start: new Date(window.start).toISOString(),
        end: window.end === null ? null : new Date(window.end).toISOString(),
      },
      spent: formatAmount(spent),
      percent,
      crossed: reached.filter((one) => one > alerted),
      used_percent: percentOf(spent, amount),
    };
    await insertEnvironmentEvent(
      database,
      kind === 'key' && key !== null
        ? { environment, type: 'key_limit.threshold_reached', data: { ...data, key: publicId('key', key) } }
        : { environment, type: 'environment_limit.threshold_reached', data },
    );
    await database.query('update span_limit_windows set alerted = $3 where limit_id = $1 and window_start = $2', [
      ...place,
      percent,
    ]);
  });
}
