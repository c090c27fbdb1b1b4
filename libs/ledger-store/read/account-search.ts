import type { AccountStatus, AutoTopupStatus } from '#ledger';
import { sql, type CompiledQuery, type Kysely, type RawBuilder } from 'kysely';
import type { PageRequest } from './page.ts';
import type { LedgerTables } from './tables.ts';

/** What is looked for; an account matches all of it. `null` is not asked for. */
export interface AccountFilter {
  /** How the id begins; printable ASCII. */
  readonly idPrefix: string | null;
  /** A part of the name, whatever the case of its letters. */
  readonly name: string | null;
  readonly status: AccountStatus | null;
  /** The UUID of the plan that it is on. */
  readonly plan: string | null;
  /** Of its rule to buy credits. */
  readonly autoTopup: AutoTopupStatus | null;
  /** Strings at the top level of the metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface FoundAccount {
  readonly account_id: string;
  readonly created_at: Date;
}

/**
 * Finds a page of accounts, newest first. Postgres chooses the index: of the condition where few match, of the order where
 * many do. A name has no index of its own.
 */
export function findAccountsBy(
  tables: Kysely<LedgerTables>,
  environment: string,
  { idPrefix, name, status, plan, autoTopup, metadata }: AccountFilter,
  page: PageRequest,
): CompiledQuery<FoundAccount> {
  let query = tables
    .selectFrom('accounts')
    .select(['account_id', 'created_at'])
    .where('environment', '=', environment)
    .orderBy('created_at', 'desc')
    .orderBy('account_id', 'desc')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where(sql<boolean>`(created_at, account_id) < ${afterKey(page.after)}`);
  if (idPrefix !== null) {
    query = query.where(sql<boolean>`external_id ~>=~ ${idPrefix} and external_id ~<~ ${idPrefix + AFTER_ASCII}`);
  }
  if (name !== null) query = query.where(sql<boolean>`strpos(lower(name), lower(${name}::text)) > 0`);
  if (status !== null) query = query.where('status', '=', status);
  // The index of accounts that aren't active serves whoever repeats its condition.
  if (status !== null && status !== 'active') query = query.where(sql<boolean>`status <> 'active'`);
  if (plan !== null) query = query.where(isRefilled(sql`plan #>> '{current,plan}' = ${plan}`));
  if (autoTopup !== null) query = query.where(isRefilled(OF_RULE[autoTopup]));
  if (Object.keys(metadata).length > 0) {
    query = query.where(sql<boolean>`metadata @> ${JSON.stringify(metadata)}::jsonb`);
  }
  return query.compile();
}

/** The index of suspended rules serves whoever repeats its condition. */
const OF_RULE: Readonly<Record<AutoTopupStatus, RawBuilder<unknown>>> = {
  active: sql`auto_topup @> '{"enabled": true, "suspended": false}'`,
  suspended: sql`auto_topup @> '{"enabled": true, "suspended": true}'`,
  disabled: sql`auto_topup @> '{"enabled": false}'`,
};

function isRefilled(how: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists (select from account_refills r where r.account_id = accounts.account_id and ${how})`;
}

/** It stands after every character that an id may have. */
const AFTER_ASCII = '\x7f';

/** Where a page begins that follows this account. */
export function keyOf(row: FoundAccount): string {
  return `${String(row.created_at.getTime())}.${row.account_id}`;
}

function afterKey(after: string) {
  const [milliseconds = '', key = ''] = after.split('.');
  return sql`(${new Date(Number(milliseconds))}::timestamptz, ${key}::bigint)`;
}
