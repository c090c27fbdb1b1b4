import { Amount, ZERO } from '#amounts';
import type { Pool } from '#database';
import { spanWindowOf, type AccountKey, type Period, type SpanLimit, type Window } from '#ledger';
import { queryable, type Queryable } from '../queryable.ts';
import { aheadMsOf } from '../load/test-clock-statements.ts';
import { attemptRead } from '../read/attempt-read.ts';
import { idOf, pageOf, type Page, type PageRequest } from '../read/page.ts';
import { SHARES_OF_WINDOW } from './idle-shares.ts';
import type { StoredLimit } from './limit-rows.ts';

/** A limit, and how far its window of now is used. */
export interface LimitNow extends StoredLimit {
  readonly kind: SpanLimit['kind'];
  /** The UUIDs of the keys that share it, the newest first; none of an environment's. */
  readonly keys: readonly string[];
  readonly window: Window;
  readonly spent: Amount;
  readonly held: Amount;
  /** What was leased to accounts, used or not. */
  readonly granted: Amount;
}

/** What one account has of a limit. */
export interface ShareNow {
  readonly accountKey: AccountKey;
  /** The account's own id. */
  readonly account: string;
  readonly granted: Amount;
  readonly spent: Amount;
  readonly held: Amount;
  /** When it was last leased something, in milliseconds since 1970. */
  readonly leasedAt: number;
}

/** Reads the limits of environments and keys. Every method throws {@link LedgerUnavailable} where the database isn't there. */
export class LimitReader {
  constructor(private readonly pool: Pool) {}

  /** All that are in effect, the newest first. */
  list(environment: string, page: PageRequest): Promise<Page<LimitNow>> {
    return this.read(async (database) => {
      const { rows } = await database.query<LimitNowRow>(
        `${LIMITS} and ($2::uuid is null or l.id < $2) order by l.id desc limit $3`,
        [environment, page.after, page.limit + 1],
      );
      return pageOf(rows, page, idOf, limitFromRow);
    });
  }

  /** @returns `null` where the environment has none with this id that is in effect */
  find(environment: string, id: string): Promise<LimitNow | null> {
    return this.read((database) => findLimitNow(database, environment, id));
  }

  /** The shares that accounts have of a limit in its window of now, the largest first. A page's key is a share's size and account. */
  shares({ id, window }: LimitNow, page: PageRequest): Promise<Page<ShareNow>> {
    const [leased = null, after = null] = page.after?.split('/') ?? [];
    return this.read(async (database) => {
      const { rows } = await database.query<ShareRow>(
        `select s.*, a.external_id from (${SHARES_OF_WINDOW}) s,
          lateral (select external_id from accounts where account_id = s.account_id limit 1) a
        where $3::numeric is null or (s.leased, s.account_id) < ($3, $4::bigint)
        order by s.leased desc, s.account_id desc limit $5`,
        [id, new Date(window.start), leased, after, page.limit + 1],
      );
      return pageOf(
        rows,
        page,
        (row) => `${new Amount(row.leased).toFixed()}/${row.account_id}`,
        (row) => ({
          accountKey: row.account_id,
          account: row.external_id,
          granted: new Amount(row.leased),
          spent: new Amount(row.used),
          held: new Amount(row.reserved),
          leasedAt: row.leased_at.getTime(),
        }),
      );
    });
  }

  private read<T>(work: (database: Queryable) => Promise<T>): Promise<T> {
    return attemptRead(() => work(queryable(this.pool)));
  }
}

/** @returns `null` where the environment has none with this id that is in effect */
export async function findLimitNow(database: Queryable, environment: string, id: string): Promise<LimitNow | null> {
  const { rows } = await database.query<LimitNowRow>(`${LIMITS} and l.id = $2`, [environment, id]);
  return rows[0] ? limitFromRow(rows[0]) : null;
}

/** With the window of now, by the environment's clock; where nothing was leased in it yet, with that before. */
const LIMITS = `
  select l.id, l.kind, l.amount, l.unit, l.period, l.time_zone, clock.now,
    array(select k.id from api_keys k where k.span_limit = l.id order by k.id desc)::text[] as keys,
    w.window_start, w.window_end, coalesce(w.granted, 0) as granted, coalesce(s.spent, 0) as spent, coalesce(s.held, 0) as held
  from span_limits l cross join lateral (
    select clock_timestamp() + ${aheadMsOf('e.name', 'e.test_clock')} * interval '1 millisecond' as now
    from environments e where e.name = l.environment
  ) clock left join lateral (
    select window_start, window_end, granted from span_limit_windows
    where limit_id = l.id and window_start <= clock.now order by window_start desc limit 1
  ) w on true left join lateral (
    select sum(c.used) as spent, sum(c.reserved) as held from span_limit_shares share, lateral (
      select used, reserved from counters
      where account_id = share.account_id and counter = share.limit_id and window_start = share.window_start limit 1
    ) c where share.limit_id = l.id and share.window_start = w.window_start
  ) s on true
  where l.environment = $1 and l.amount is not null`;

interface LimitNowRow {
  readonly id: string;
  readonly kind: SpanLimit['kind'];
  readonly amount: string;
  readonly unit: string;
  readonly period: Period;
  readonly time_zone: string;
  readonly now: Date;
  readonly keys: readonly string[];
  readonly window_start: Date | null;
  readonly window_end: Date | null;
  readonly granted: string;
  readonly spent: string;
  readonly held: string;
}

interface ShareRow {
  readonly account_id: string;
  readonly external_id: string;
  readonly leased: string;
  readonly used: string;
  readonly reserved: string;
  readonly leased_at: Date;
}

function limitFromRow(row: LimitNowRow): LimitNow {
  const { id, kind, unit, period, time_zone: timeZone, keys } = row;
  const now = row.now.getTime();
  const last = row.window_start && { start: row.window_start.getTime(), end: row.window_end?.getTime() ?? null };
  const common = { id, kind, amount: new Amount(row.amount), unit, period, timeZone, keys };
  if (last && (last.end === null || now < last.end)) {
    const figures = { granted: new Amount(row.granted), spent: new Amount(row.spent), held: new Amount(row.held) };
    return { ...common, window: last, ...figures };
  }
  const window = spanWindowOf(period, timeZone, now, last ? [last] : []);
  return { ...common, window, granted: ZERO, spent: ZERO, held: ZERO };
}
