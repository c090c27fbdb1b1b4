import { Amount } from '#amounts';
import { newUuid, type Period } from '#ledger';
import type { Queryable, StoredLimit } from '#ledger-store';
import { hashApiKey, makeApiKey, type Scope } from './api-key.ts';

/** What is known of a key; not the key itself. Times are milliseconds since 1970. */
export interface ApiKey {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Its beginning; `null` for one that came from a variable. */
  readonly prefix: string | null;
  readonly allowedAddresses: readonly string[];
  /** The only account that it may see and act on, by the account's own id; `null`: all of the environment. */
  readonly account: string | null;
  /** The UUID of the key by which it was made; `null` for those that are there from the start. */
  readonly createdBy: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** Within some seconds. */
  readonly lastUsedAt: number | null;
  /** What it may spend over all accounts, and the key that it was rolled to with it. */
  readonly limit: StoredLimit | null;
  /** The UUID of its limit, also of one that was taken away. */
  readonly spanLimit: string | null;
}

export const API_KEY_STATUSES = ['active', 'expired', 'revoked'] as const;
export type ApiKeyStatus = (typeof API_KEY_STATUSES)[number];

export function apiKeyStatus({ expiresAt, revokedAt }: ApiKey, now: number): ApiKeyStatus {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && now >= expiresAt ? 'expired' : 'active';
}

export interface NewKeyTerms {
  readonly environment: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly allowedAddresses: readonly string[];
  readonly account: string | null;
  readonly expiresAt: number | null;
  readonly createdBy: string;
  /** The UUID of its limit. */
  readonly spanLimit: string | null;
}

/** Makes a key. @returns it, and for this once the key itself */
export async function insertApiKey(
  database: Queryable,
  terms: NewKeyTerms,
): Promise<{ readonly apiKey: ApiKey; readonly key: string }> {
  const { key, prefix } = makeApiKey(terms.environment);
  const { rows } = await database.query<ApiKeyRow>(
    `insert into api_keys (id, environment, name, scopes, prefix, hash, allowed_addresses, account, expires_at, created_by,
      span_limit)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning ${COLUMNS}`,
    [
      newUuid(Date.now()),
      terms.environment,
      terms.name,
      terms.scopes,
      prefix,
      hashApiKey(key),
      terms.allowedAddresses,
      terms.account,
      terms.expiresAt === null ? null : new Date(terms.expiresAt),
      terms.createdBy,
      terms.spanLimit,
    ],
  );
  const [row] = rows;
  if (!row) throw new Error('a key was made and not returned');
  return { apiKey: apiKeyFromRow(row), key };
}

/** Lets a key expire at this time, unless it does so earlier. */
export async function expireApiKey(database: Queryable, id: string, at: number): Promise<ApiKey> {
  return updated(database, 'expires_at = least(expires_at, $2)', id, at);
}

/** Gives a limit to a key, and to all that share the limit it has. */
export async function setKeyLimit(database: Queryable, { id, spanLimit }: ApiKey, limit: string): Promise<void> {
  await database.query('update api_keys set span_limit = $2 where id = $1 or span_limit = $3', [id, limit, spanLimit]);
}

export async function revokeApiKey(database: Queryable, id: string, at: number): Promise<ApiKey> {
  return updated(database, 'revoked_at = $2', id, at);
}

async function updated(database: Queryable, change: string, id: string, at: number): Promise<ApiKey> {
  const { rows } = await database.query<ApiKeyRow>(
    `update api_keys set ${change}, version = version + 1 where id = $1 returning ${COLUMNS}`,
    [id, new Date(at)],
  );
  const [row] = rows;
  if (!row) throw new Error(`the key ${id} is gone`);
  return apiKeyFromRow(row);
}

/** Locks a key to change it. @returns `null` where the environment has none with this id */
export async function lockApiKey(database: Queryable, environment: string, id: string): Promise<ApiKey | null> {
  const { rows } = await database.query<ApiKeyRow>(
    `select ${COLUMNS} from api_keys where environment = $1 and id = $2 for update`,
    [environment, id],
  );
  return rows[0] ? apiKeyFromRow(rows[0]) : null;
}

export async function findApiKey(database: Queryable, environment: string, id: string): Promise<ApiKey | null> {
  const { rows } = await database.query<ApiKeyRow>(
    `select ${COLUMNS} from api_keys where environment = $1 and id = $2`,
    [environment, id],
  );
  return rows[0] ? apiKeyFromRow(rows[0]) : null;
}

/** An environment's keys, newest first. `after` is the id of the last one of the page before. */
export async function listApiKeys(
  database: Queryable,
  environment: string,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<{ readonly items: readonly ApiKey[]; readonly next: string | null }> {
  const { rows } = await database.query<ApiKeyRow>(
    `select ${COLUMNS} from api_keys where environment = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [environment, after, limit + 1],
  );
  const shown = rows.slice(0, limit).map(apiKeyFromRow);
  return { items: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

const COLUMNS = `id, environment, name, scopes::text[] as scopes, prefix, allowed_addresses, account, created_by, created_at,
  expires_at, revoked_at, last_used_at, span_limit, (
    select json_build_array(l.id, l.amount::text, l.unit, l.period, l.time_zone) from span_limits l
    where l.id = api_keys.span_limit and l.amount is not null
  ) as "limit"`;

interface ApiKeyRow {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly scopes: Scope[];
  readonly prefix: string | null;
  readonly allowed_addresses: string[];
  readonly account: string | null;
  readonly created_by: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly span_limit: string | null;
  readonly limit: readonly [id: string, amount: string, unit: string, period: Period, timeZone: string] | null;
}

function apiKeyFromRow(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    environment: row.environment,
    name: row.name,
    scopes: row.scopes,
    prefix: row.prefix,
    allowedAddresses: row.allowed_addresses,
    account: row.account,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
    limit: row.limit && limitFromRow(row.limit),
    spanLimit: row.span_limit,
  };
}

function limitFromRow([id, amount, unit, period, timeZone]: NonNullable<ApiKeyRow['limit']>): StoredLimit {
  return { id, amount: new Amount(amount), unit, period, timeZone };
}
