import { Amount, formatAmount, type JsonObject } from '#amounts';
import { newUuid, type Period, type SpanLimit } from '#ledger';
import type { Queryable } from '../queryable.ts';

/** What an operator says of a limit over many accounts. */
export interface LimitTerms {
  readonly amount: Amount;
  readonly unit: string;
  readonly period: Period;
  /** An IANA name. */
  readonly timeZone: string;
}

export interface StoredLimit extends LimitTerms {
  readonly id: string;
}

/** The limits in effect: of keys by their UUID, of environments by name and unit. */
export interface KnownLimits {
  readonly ofKeys: ReadonlyMap<string, { readonly unit: string; readonly limit: SpanLimit }>;
  readonly ofEnvironments: ReadonlyMap<string, SpanLimit>;
}

interface KnownRow {
  readonly id: string;
  readonly environment: string;
  readonly kind: SpanLimit['kind'];
  readonly unit: string;
  readonly amount: string;
  readonly since: Date;
  readonly key_id: string | null;
}

export async function loadLimits(database: Queryable): Promise<KnownLimits> {
  const { rows } = await database.query<KnownRow>(
    `select l.id, l.environment, l.kind, l.unit, l.amount, l.since, k.id as key_id
    from span_limits l left join api_keys k on k.span_limit = l.id where l.amount is not null`,
  );
  const ofKeys = new Map<string, { unit: string; limit: SpanLimit }>();
  const ofEnvironments = new Map<string, SpanLimit>();
  for (const { id, environment, kind, unit, amount, since, key_id } of rows) {
    const limit = { id, kind, amount: new Amount(amount), since: since.getTime() };
    if (kind === 'environment') ofEnvironments.set(`${environment} ${unit}`, limit);
    else if (key_id !== null) ofKeys.set(key_id, { unit, limit });
  }
  return { ofKeys, ofEnvironments };
}

interface LimitRow {
  readonly id: string;
  readonly amount: string;
  readonly unit: string;
  readonly period: Period;
  readonly time_zone: string;
}

const COLUMNS = 'id, amount, unit, period, time_zone';

/** When a limit that is set now begins. The clock that a process decides by may be somewhat behind the database's. */
const SINCE = `clock_timestamp() - interval '1 second'`;

/** The limit that an environment itself has for a unit. */
export async function findEnvironmentLimit(
  database: Queryable,
  environment: string,
  unit: string,
): Promise<StoredLimit | null> {
  const { rows } = await database.query<LimitRow>(
    `select ${COLUMNS} from span_limits
    where environment = $1 and kind = 'environment' and unit = $2 and amount is not null`,
    [environment, unit],
  );
  return rows[0] ? limitFromRow(rows[0]) : null;
}

/**
 * Sets the limit of an environment for a unit; the environment must be locked. One of the same period goes on where it is, also
 * if it was taken away before.
 */
export async function putEnvironmentLimit(
  database: Queryable,
  environment: string,
  terms: LimitTerms,
  createdBy: string,
): Promise<StoredLimit> {
  const others = `environment = $1 and kind = 'environment' and unit = $2 and period <> $3 and amount is not null`;
  await database.query(`update span_limits set amount = null where ${others}`, [environment, terms.unit, terms.period]);
  const { rows } = await database.query<LimitRow>(
    `insert into span_limits as l (id, environment, kind, unit, period, time_zone, amount, since, created_by)
    values ($1, $2, 'environment', $3, $4, $5, $6, ${SINCE}, $7)
    on conflict (environment, unit, period) where kind = 'environment' do update
      set amount = excluded.amount, time_zone = excluded.time_zone,
        since = case when l.amount is null then excluded.since else l.since end
    returning ${COLUMNS}`,
    [newUuid(Date.now()), environment, terms.unit, terms.period, terms.timeZone, formatAmount(terms.amount), createdBy],
  );
  return madeLimit(rows);
}

/**
 * Sets the limit of a key that has this one already. With the same unit and period it goes on where it is.
 *
 * @param current the key's; `null` where it has none yet
 * @returns the limit that the key has now
 */
export async function putKeyLimit(
  database: Queryable,
  { environment, current }: { readonly environment: string; readonly current: string | null },
  terms: LimitTerms,
  createdBy: string,
): Promise<StoredLimit> {
  const changed = await database.query<LimitRow>(
    `update span_limits set amount = $4, time_zone = $5,
      since = case when amount is null then ${SINCE} else since end
    where id = $1 and unit = $2 and period = $3 returning ${COLUMNS}`,
    [current, terms.unit, terms.period, formatAmount(terms.amount), terms.timeZone],
  );
  if (changed.rows[0]) return limitFromRow(changed.rows[0]);
  const { rows } = await database.query<LimitRow>(
    `insert into span_limits (id, environment, kind, unit, period, time_zone, amount, since, created_by)
    values ($1, $2, 'key', $3, $4, $5, $6, ${SINCE}, $7) returning ${COLUMNS}`,
    [newUuid(Date.now()), environment, terms.unit, terms.period, terms.timeZone, formatAmount(terms.amount), createdBy],
  );
  return madeLimit(rows);
}

/** Takes a limit away; set again with the same unit and period, it goes on. */
export async function dropLimit(database: Queryable, id: string): Promise<void> {
  await database.query('update span_limits set amount = null where id = $1', [id]);
}

export function limitView({ amount, unit, period, timeZone }: LimitTerms): JsonObject {
  return { amount: formatAmount(amount), unit, period, time_zone: timeZone };
}

function madeLimit(rows: readonly LimitRow[]): StoredLimit {
  const [row] = rows;
  if (!row) throw new Error('a limit was made and not returned');
  return limitFromRow(row);
}

function limitFromRow({ id, amount, unit, period, time_zone }: LimitRow): StoredLimit {
  return { id, amount: new Amount(amount), unit, period, timeZone: time_zone };
}
