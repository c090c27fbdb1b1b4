import { kyselyFrom, type Pool, type PoolClient } from '#database';
import {
  accountKeyOf,
  asOf,
  LIVE,
  type AccountKey,
  type AccountRef,
  type Authorization,
  type AuthorizationDecision,
  type AuthorizationStatus,
  type ObjectRef,
} from '#ledger';
import { sql, type Kysely } from 'kysely';
import { rowsOf } from '../load/rows-of.ts';
import type { AccountRow } from '../tables/accounts.ts';
import { authorizationFromClosed, type ClosedAuthorizationRow } from '../tables/authorizations.ts';
import { authorizationFromHold, type HoldRow } from '../tables/holds.ts';
import { usageRecordFromRow, type UsageRecordRow } from '../tables/usage-records.ts';
import { countedRecords, findUsageRecords } from '../load/usage-statements.ts';
import { findAccounts, findClosedAuthorizations, findHolds } from '../load/statements.ts';
import { aheadOfAccount } from '../load/test-clock-statements.ts';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';
import { idOf, pageOf, type Page, type PageRequest } from './page.ts';
import { inSnapshot } from './snapshot.ts';
import type { Statement } from '../statement.ts';
import type { LedgerTables } from './tables.ts';

export interface AuthorizationFilter {
  readonly account: AccountRef | null;
  readonly status: AuthorizationStatus | null;
}

export class AuthorizationReader {
  private readonly tables: Kysely<LedgerTables>;

  constructor(private readonly pool: Pool) {
    this.tables = kyselyFrom<LedgerTables>(pool);
  }

  find(ref: ObjectRef): Promise<AuthorizationDecision | null> {
    return attemptRead(async () => {
      const key = accountKeyOf(ref.id);
      const [now, accounts, holds, closed, records] = await inSnapshot(this.pool, (client) =>
        Promise.all([
          ref.environment === LIVE ? readNow(client) : readTimeOf(client, key),
          rowsOf<AccountRow>(client, findAccounts([key])),
          rowsOf<HoldRow>(client, findHolds([key], [ref.id])),
          rowsOf<ClosedAuthorizationRow>(client, findClosedAuthorizations([key], [ref.id])),
          rowsOf<UsageRecordRow>(client, findUsageRecords([ref.id])),
        ]),
      );
      const [account] = accounts;
      const [authorization] = [...closed.map(authorizationFromClosed), ...holds.map(authorizationFromHold)];
      if (account?.environment !== ref.environment || !authorization) return null;
      return {
        account: account.external_id,
        unit: account.unit,
        authorization: withRecords(asOf(authorization, now), records),
      };
    });
  }

  list(environment: string, filter: AuthorizationFilter, page: PageRequest): Promise<Page<AuthorizationDecision>> {
    return attemptRead(async () => {
      const now = await inSnapshot(this.pool, readNow);
      // Open ones first: one that closes in between is then found twice, and never missed.
      const open = await this.open(environment, filter, page, now);
      const closed = await this.closed(environment, filter, page);
      const byId = new Map([...open, ...closed].map((one) => [one.id, one]));
      const newest = [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
      const owners = await this.ownersOf(newest);
      const records = await this.recordsOf(newest);
      return pageOf(newest, page, idOf, (authorization) => {
        const owner = owners.get(authorization.accountKey);
        if (!owner) throw new Error(`the account of authorization ${authorization.id} was not found`);
        const own = withRecords(authorization, records.get(authorization.id) ?? []);
        return { account: owner.external_id, unit: owner.unit, authorization: own };
      });
    });
  }

  /** Holds, as they are by their accounts' clocks. */
  private async open(
    environment: string,
    { account, status }: AuthorizationFilter,
    { after, limit }: PageRequest,
    now: number,
  ): Promise<Authorization[]> {
    if (status === 'committed' || status === 'voided') return [];
    const instant = sql<Date>`${new Date(now)}::timestamptz`;
    const time = environment === LIVE ? instant : sql<Date>`(${instant} + ${sql.raw(aheadOfAccount('holds'))})`;
    let query = this.tables
      .selectFrom('holds')
      .selectAll()
      .select(time.as('time'))
      .where('environment', '=', environment);
    if (account) query = query.where('account_id', '=', account.key);
    if (after !== null) query = query.where('id', '<', after);
    if (status === 'authorized') query = query.where('expires_at', '>', time);
    if (status === 'expired') query = query.where('expires_at', '<=', time);
    const rows = await ofConnection(
      query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute(),
    );
    return rows.map((row) => asOf(authorizationFromHold(row), row.time.getTime()));
  }

  private async closed(
    environment: string,
    { account, status }: AuthorizationFilter,
    { after, limit }: PageRequest,
  ): Promise<Authorization[]> {
    if (status === 'authorized') return [];
    let query = this.tables.selectFrom('authorizations').selectAll().where('environment', '=', environment);
    if (account) query = query.where('account_id', '=', account.key);
    if (after !== null) query = query.where('id', '<', after);
    if (status !== null) query = query.where('status', '=', status);
    // The indexes of migration 0004 serve whoever repeats their conditions.
    if (status !== null && status !== 'committed') query = query.where(sql<boolean>`status <> 'committed'`);
    else if (!account) query = query.where(sql<boolean>`environment > ''`);
    const rows = await ofConnection(
      query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute(),
    );
    return rows.map(authorizationFromClosed);
  }

  private async recordsOf(authorizations: readonly Authorization[]): Promise<Map<string, UsageRecordRow[]>> {
    const stated = authorizations.filter(({ pricing }) => pricing?.settlement).map(({ id }) => id);
    if (stated.length === 0) return new Map();
    const rows = await inSnapshot(this.pool, (client) => rowsOf<UsageRecordRow>(client, findUsageRecords(stated)));
    return Map.groupBy(rows, ({ authorization_id }) => authorization_id);
  }

  private async ownersOf(authorizations: readonly Authorization[]): Promise<Map<string, AccountRow>> {
    const keys = [...new Set(authorizations.map(({ accountKey }) => accountKey))];
    const rows = await inSnapshot(this.pool, (client) => rowsOf<AccountRow>(client, findAccounts(keys)));
    return new Map(rows.map((row) => [row.account_id, row]));
  }
}

/** The authorization with what counts of what was stated about it. */
function withRecords(authorization: Authorization, rows: readonly UsageRecordRow[]): Authorization {
  return { ...authorization, stated: countedRecords(rows.map(usageRecordFromRow)) };
}

async function readNow(client: PoolClient): Promise<number> {
  return timeIn(client, { name: 'read_now', text: 'select clock_timestamp() as now', values: [] });
}

/** The time of an account by its clock; real time where there is no such account. */
async function readTimeOf(client: PoolClient, key: AccountKey): Promise<number> {
  const text = `select clock_timestamp() + coalesce(${aheadOfAccount('wanted')}, '0') as now from (select $1::bigint) wanted (account_id)`;
  return timeIn(client, { name: 'read_time_of_account', text, values: [key] });
}

async function timeIn(client: PoolClient, statement: Statement): Promise<number> {
  const [row] = await rowsOf<{ now: Date }>(client, statement);
  if (!row) throw new Error('the database did not tell the time');
  return row.now.getTime();
}
