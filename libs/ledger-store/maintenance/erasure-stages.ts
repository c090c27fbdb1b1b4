import { accountKey, publicId, type AccountRef } from '#ledger';
import { TAGS_HASH } from '../declines/write-declines.ts';
import type { Queryable } from '../queryable.ts';
import { eraseTagSums } from './erase-tag-sums.ts';
import { withoutPersonalData } from './personal-data.ts';

/** So that a step takes some tens of milliseconds, for which decisions about the account wait. */
const ROWS_AT_ONCE = 500;

/** A part of an account's history. */
export interface ErasureStage {
  readonly name: string;
  /**
   * Erases the next rows of it.
   * @param after the UUID of the last row that is erased
   * @returns the same of the rows erased now; `null` where none is left
   */
  step(database: Queryable, account: AccountRef, after: string): Promise<string | null>;
}

type Content = 'json' | 'json as text' | 'text';

/** How a column is read as JSON, and written from the text of what became of it. */
const READ: Record<Content, (column: string) => string> = {
  json: (column) => column,
  'json as text': (column) => `${column}::jsonb`,
  text: (column) => `to_jsonb(${column})`,
};
const WRITTEN_AS: Record<Content, 'jsonb' | 'text'> = { json: 'jsonb', 'json as text': 'text', text: 'text' };

/**
 * In this order: what is decided about an account after its authorizations are erased carries nothing of them, so once they are,
 * no new answer does either.
 */
export const ERASURE_STAGES: readonly ErasureStage[] = [
  rowsOf({
    name: 'authorizations',
    id: 'id',
    columns: { usage: 'json', tags: 'json', metadata: 'json', additions: 'json', pricing: 'json', group_name: 'text' },
  }),
  rowsOf({ name: 'usage_records', id: 'id', columns: { usage: 'json', raw: 'json' } }),
  { name: 'tag_slots', step: eraseTagSums },
  { name: 'counters', step: eraseCounters },
  { name: 'declined_requests', step: eraseDeclines },
  { name: 'raise_requests', step: eraseRaiseRequests },
  rowsOf({ name: 'grants', id: 'id', columns: { scope: 'json', metadata: 'json' } }),
  rowsOf({
    name: 'purchases',
    id: 'id',
    columns: { metadata: 'json', customer: 'text', payment_method: 'text', action_url: 'text' },
  }),
  rowsOf({ name: 'idempotency_keys', id: 'key', columns: { body: 'json as text' } }),
  rowsOf({ name: 'idempotency_keys_kept', id: 'key', columns: { body: 'json as text' } }),
  { name: 'answers_about_its_creation', step: eraseCreations },
  rowsOf({ name: 'events', id: 'id', columns: { data: 'json' } }),
  { name: 'audit_log_of_grants', step: auditOf('grants', 'grant') },
  { name: 'audit_log_of_purchases', step: auditOf('purchases', 'purchase') },
  { name: 'audit_log', step: eraseAudit },
];

interface Erasable {
  /** The table's. */
  readonly name: string;
  /** The column that tells an account's rows apart. */
  readonly id: string;
  readonly columns: Readonly<Record<string, Content>>;
}

interface FoundRow {
  readonly id: string;
  /** By column. */
  readonly values: Readonly<Record<string, unknown>>;
}

function rowsOf(table: Erasable): ErasureStage {
  const values = Object.entries(table.columns)
    .map(([column, content]) => `'${column}', ${READ[content](column)}`)
    .join(', ');
  return {
    name: table.name,
    step: async (database, { key }, after) => {
      const { rows } = await database.query<FoundRow>(
        `select ${table.id} as id, jsonb_build_object(${values}) as values from ${table.name}
        where account_id = $1 and ${table.id} > $2 order by ${table.id} limit ${ROWS_AT_ONCE}`,
        [key, after],
      );
      await erase(database, table, 'account_id', key, rows);
      return rows.at(-1)?.id ?? null;
    },
  };
}

/** Writes those of the rows anew that carry personal data. */
async function erase(
  database: Queryable,
  { name, id, columns }: Erasable,
  owner: 'account_id' | 'environment',
  ownerId: string,
  rows: readonly FoundRow[],
): Promise<void> {
  const erased = rows.flatMap(({ id: rowId, values }) => {
    const clean = withoutPersonalData(values) as FoundRow['values'];
    return JSON.stringify(clean) === JSON.stringify(values) ? [] : [{ rowId, clean }];
  });
  if (erased.length === 0) return;
  const written = Object.entries(columns)
    .map(([column, content]) => `${column} = (v.clean ->> '${column}')::${WRITTEN_AS[content]}`)
    .join(', ');
  await database.query(
    `update ${name} t set ${written} from unnest($2::uuid[], $3::jsonb[]) v (id, clean)
    where t.${owner} = $1 and t.${id} = v.id`,
    [ownerId, erased.map(({ rowId }) => rowId), erased.map(({ clean }) => JSON.stringify(clean))],
  );
}

/** A window stays one by value, of a value that nobody can tell any more. */
async function eraseCounters(database: Queryable, { key }: AccountRef, after: string): Promise<string | null> {
  const { rows } = await database.query<{ counter: string }>(
    `select distinct counter from counters where account_id = $1 and counter > $2 and kind <> 'quantity'
    order by counter limit ${ROWS_AT_ONCE}`,
    [key, after],
  );
  const counters = rows.map(({ counter }) => counter);
  await database.query(
    `update counters set name = null, value = case when value is not null then '(erased)' end
    where account_id = $1 and counter = any($2)`,
    [key, counters],
  );
  return counters.at(-1) ?? null;
}

/** A request that had a tag still had one, whose value nobody can tell any more. Rows that are the same then become one. */
async function eraseDeclines(database: Queryable, { key }: AccountRef): Promise<null> {
  await database.query(
    `with gone as (delete from declined_requests where account_id = $1
      and exists (select from jsonb_each_text(tags) where value <> '(erased)') returning *),
    erased as (
      select account_id, minute, reason, environment, requests,
        (select jsonb_object_agg(name, '(erased)') from jsonb_object_keys(tags) name) as tags
      from gone
    )
    insert into declined_requests (account_id, minute, reason, tags, tags_hash, environment, requests)
    select account_id, minute, reason, tags, ${TAGS_HASH}, environment, sum(requests) from erased
    group by account_id, minute, reason, tags, environment
    on conflict (account_id, minute, reason, tags_hash) do update set requests = declined_requests.requests + excluded.requests`,
    [key],
  );
  return null;
}

async function eraseRaiseRequests(database: Queryable, { key }: AccountRef): Promise<null> {
  const erased = `update raise_requests set name = '', reason = '', denial = null where account_id = $1`;
  await database.query(erased, [key]);
  return null;
}

/** An account that is being created has no key of its own yet, so these answers are kept under its environment. */
async function eraseCreations(database: Queryable, { environment, id }: AccountRef): Promise<null> {
  const scope = accountKey(environment, '');
  const { rows } = await database.query<FoundRow>(
    `select key as id, jsonb_build_object('body', body::jsonb) as values from idempotency_keys
    where account_id = $1 and starts_with(body, $2)`,
    [scope, `{"id":${JSON.stringify(id)},`],
  );
  await erase(
    database,
    { name: 'idempotency_keys', id: 'key', columns: { body: 'json as text' } },
    'account_id',
    scope,
    rows,
  );
  return null;
}

/** What the audit log says of the rows of a table. */
function auditOf(table: 'grants' | 'purchases', kind: 'grant' | 'purchase'): ErasureStage['step'] {
  return async (database, { environment, key }, after) => {
    const { rows } = await database.query<{ id: string }>(
      `select id from ${table} where account_id = $1 and id > $2 order by id limit ${ROWS_AT_ONCE}`,
      [key, after],
    );
    const objects = rows.map(({ id }) => publicId(kind, id));
    await eraseAuditOf(database, environment, 'object = any($2)', [objects]);
    return rows.at(-1)?.id ?? null;
  };
}

async function eraseAudit(database: Queryable, { environment, id }: AccountRef, after: string): Promise<string | null> {
  return eraseAuditOf(database, environment, `object = $2 and id > $3 order by id limit ${ROWS_AT_ONCE}`, [id, after]);
}

async function eraseAuditOf(
  database: Queryable,
  environment: string,
  which: string,
  values: readonly unknown[],
): Promise<string | null> {
  const { rows } = await database.query<FoundRow>(
    `select id, jsonb_build_object('before', before, 'after', after) as values from audit_log
    where environment = $1 and ${which}`,
    [environment, ...values],
  );
  // The log's own trigger asks for it, see migration 0014.
  await database.query(`set local purser.erasing = 'on'`);
  const table = { name: 'audit_log', id: 'id', columns: { before: 'json', after: 'json' } } as const;
  await erase(database, table, 'environment', environment, rows);
  return rows.at(-1)?.id ?? null;
}
