import { LIVE, type AccountRef, type AuthorizationStatus } from '#ledger';
import { sql, type RawBuilder } from 'kysely';

/** What is looked for; an authorization matches all of it. `null` is not asked for. */
export interface AuthorizationFilter {
  readonly account: AccountRef | null;
  readonly status: AuthorizationStatus | null;
  /** When it was made, in milliseconds since 1970: `from` inclusive, `to` exclusive. */
  readonly from: number | null;
  readonly to: number | null;
  /** What one usage of it names, when it was authorized or in what was stated since. */
  readonly model: string | null;
  readonly event: string | null;
  /** Values of tags, by their names. */
  readonly tags: Readonly<Record<string, string>>;
  /** The UUID of the API key that asked for it. */
  readonly key: string | null;
  readonly group: string | null;
}

export const EVERY_AUTHORIZATION: AuthorizationFilter = {
  account: null,
  status: null,
  from: null,
  to: null,
  model: null,
  event: null,
  tags: {},
  key: null,
  group: null,
};

/** Ids run ahead of the time where more than 4 096 are made in a millisecond, and never by as much as this. */
const ID_AHEAD_MS_MAX = 3_600_000;

/** Whether it asks for more than what indexes find: then as many rows are looked at as a page may be long to find. */
export function looksAtRows({ account, from, model, event, tags, key, group }: AuthorizationFilter): boolean {
  // The instants of a test clock are no ids: whoever asks for a time there looks at rows.
  const isOffIds = from !== null && account?.environment !== LIVE;
  return isOffIds || model !== null || event !== null || key !== null || group !== null || Object.keys(tags).length > 0;
}

/** The conditions on ids that times make, so that only the partitions of these months are read. */
export function idConditions(
  environment: string,
  { from, to }: Pick<AuthorizationFilter, 'from' | 'to'>,
): RawBuilder<boolean>[] {
  return [
    // A test clock is ahead of ids, so nothing follows for them from a beginning.
    ...(from !== null && environment === LIVE ? [sql<boolean>`id >= uuid_at(${new Date(from)}::timestamptz)`] : []),
    ...(to !== null ? [sql<boolean>`id < uuid_at(${new Date(to + ID_AHEAD_MS_MAX)}::timestamptz)`] : []),
  ];
}

/** What a row of `holds` or of `authorizations` has to be besides. */
export function rowConditions(
  table: 'holds' | 'authorizations',
  { from, to, model, event, tags, key, group }: AuthorizationFilter,
): RawBuilder<boolean>[] {
  return [
    ...(from !== null ? [sql<boolean>`created_at >= ${new Date(from)}`] : []),
    ...(to !== null ? [sql<boolean>`created_at < ${new Date(to)}`] : []),
    ...(key !== null ? [sql<boolean>`key_id = ${key}::uuid`] : []),
    ...(group !== null ? [sql<boolean>`group_name = ${group}`] : []),
    ...Object.entries(tags).map(
      ([name, value]) =>
        sql<boolean>`coalesce(additions -> 'tags' ->> ${name}::text, tags ->> ${name}::text) = ${value}`,
    ),
    ...(model !== null || event !== null ? [namesUsage(table, model, event)] : []),
  ];
}

function namesUsage(table: 'holds' | 'authorizations', model: string | null, event: string | null) {
  const named = JSON.stringify([{ ...(event !== null && { event }), ...(model !== null && { model }) }]);
  const own = sql.ref(`${table}.id`);
  const ofModel = model === null ? sql`` : sql`and r.model = ${model}`;
  const ofEvent = event === null ? sql`` : sql`and r.event = ${event}`;
  return sql<boolean>`(usage @> ${named}::jsonb or exists (
    select from usage_records r where r.account_id = ${sql.ref(`${table}.account_id`)} and r.authorization_id = ${own}
      and r.id > ${own} ${ofModel} ${ofEvent}
  ))`;
}
