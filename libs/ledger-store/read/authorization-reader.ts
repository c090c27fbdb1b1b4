import { kyselyFrom, type Pool, type PoolClient } from '#database';
import {
  accountKeyOf,
  asOf,
  LIVE,
  type AccountKey,
  type Authorization,
  type AuthorizationDecision,
  type ObjectRef,
} from '#ledger';
import { sql, type Kysely, type RawBuilder } from 'kysely';
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
import { idConditions, looksAtRows, rowConditions, type AuthorizationFilter } from './authorization-filter.ts';
import { idOf, pageOf, type Page, type PageRequest } from './page.ts';
import { inSnapshot } from './snapshot.ts';
import type { Statement } from '../statement.ts';
import type { LedgerTables } from './tables.ts';

/** Newest first, or oldest first. */
export type AuthorizationOrder = 'desc' | 'asc';

/** As many rows of a table are looked at for one page, where no index finds what is looked for. */
const LOOKED_AT_MAX = 10_000;

/** A part of the list, in its order. */
interface Span extends PageRequest {
  readonly order: AuthorizationOrder;
  /** The last id that is looked at; `null`: all of them. */
  readonly until: string | null;
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

  /**
   * A page of what matches. Where that takes looking at rows, a page may end before it is full, or be empty, and still not be the
   * last: it says where the next one goes on.
   */
  list(
    environment: string,
    filter: AuthorizationFilter,
    page: PageRequest,
    order: AuthorizationOrder = 'desc',
  ): Promise<Page<AuthorizationDecision>> {
    return attemptRead(async () => {
      const now = await inSnapshot(this.pool, readNow);
      const until = looksAtRows(filter) ? await this.endOfLook(environment, filter, page, order) : null;
      const span = { ...page, order, until };
      // Open ones first: one that closes in between is then found twice, and never missed.
      const open = await this.open(environment, filter, span, now);
      const closed = await this.closed(environment, filter, span);
      const byId = new Map([...open, ...closed].map((one) => [one.id, one]));
      const inOrder = [...byId.values()].sort((a, b) => (a.id < b.id === (order === 'desc') ? 1 : -1));
      const owners = await this.ownersOf(inOrder);
      const records = await this.recordsOf(inOrder);
      const found = pageOf(inOrder, page, idOf, (authorization) => {
        const owner = owners.get(authorization.accountKey);
        if (!owner) throw new Error(`the account of authorization ${authorization.id} was not found`);
        const own = withRecords(authorization, records.get(authorization.id) ?? []);
        return { account: owner.external_id, unit: owner.unit, authorization: own };
      });
      return { ...found, next: found.next ?? until };
    });
  }

  /** All pages of what matches, one after the other. */
  async *pages(
    environment: string,
    filter: AuthorizationFilter,
    order: AuthorizationOrder,
    limit: number,
  ): AsyncGenerator<readonly AuthorizationDecision[]> {
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const page: Page<AuthorizationDecision> = await this.list(environment, filter, { limit, after }, order);
      yield page.items;
      after = page.next;
    }
  }

  /** The last id that a page looks at: of either table, it looks at no more than so many rows. */
  private async endOfLook(
    environment: string,
    filter: AuthorizationFilter,
    { after }: PageRequest,
    order: AuthorizationOrder,
  ): Promise<string | null> {
    const span = { after, order, until: null, limit: LOOKED_AT_MAX };
    const lookedAt = (table: 'holds' | 'authorizations') => {
      let query = this.tables.selectFrom(table).select('id');
      for (const one of conditionsOf(table, environment, filter, span)) query = query.where(one);
      const last = query
        .orderBy('id', order)
        .offset(LOOKED_AT_MAX - 1)
        .limit(1);
      return ofConnection(last.execute());
    };
    const ends = await Promise.all([lookedAt('holds'), lookedAt('authorizations')]);
    const sorted = ends
      .flat()
      .map(({ id }) => id)
      .toSorted();
    return (order === 'desc' ? sorted.at(-1) : sorted[0]) ?? null;
  }

  /** Holds, as they are by their accounts' clocks. */
  private async open(
    environment: string,
    filter: AuthorizationFilter,
    span: Span,
    now: number,
  ): Promise<Authorization[]> {
    const { status } = filter;
    if (status === 'committed' || status === 'voided') return [];
    const instant = sql<Date>`${new Date(now)}::timestamptz`;
    const time = environment === LIVE ? instant : sql<Date>`(${instant} + ${sql.raw(aheadOfAccount('holds'))})`;
    let query = this.tables.selectFrom('holds').selectAll().select(time.as('time'));
    for (const one of conditionsOf('holds', environment, filter, span)) query = query.where(one);
    for (const one of rowConditions('holds', filter)) query = query.where(one);
    if (status === 'authorized') query = query.where('expires_at', '>', time);
    if (status === 'expired') query = query.where('expires_at', '<=', time);
    const rows = await ofConnection(
      query
        .orderBy('id', span.order)
        .limit(span.limit + 1)
        .execute(),
    );
    return rows.map((row) => asOf(authorizationFromHold(row), row.time.getTime()));
  }

  private async closed(environment: string, filter: AuthorizationFilter, span: Span): Promise<Authorization[]> {
    if (filter.status === 'authorized') return [];
    let query = this.tables.selectFrom('authorizations').selectAll();
    for (const one of conditionsOf('authorizations', environment, filter, span)) query = query.where(one);
    for (const one of rowConditions('authorizations', filter)) query = query.where(one);
    const rows = await ofConnection(
      query
        .orderBy('id', span.order)
        .limit(span.limit + 1)
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

/** What indexes find, and the span of the list. */
function conditionsOf(
  table: 'holds' | 'authorizations',
  environment: string,
  filter: AuthorizationFilter,
  { after, until, order }: Span,
): RawBuilder<boolean>[] {
  const { account, status } = filter;
  const isNewestFirst = order === 'desc';
  const isClosed = table === 'authorizations';
  const beyond = sql.raw(isNewestFirst ? '<' : '>');
  const upTo = sql.raw(isNewestFirst ? '>=' : '<=');
  return [
    sql<boolean>`environment = ${environment}`,
    ...(account === null ? [] : [sql<boolean>`account_id = ${account.key}`]),
    ...(after === null ? [] : [sql<boolean>`id ${beyond} ${after}::uuid`]),
    ...(until === null ? [] : [sql<boolean>`id ${upTo} ${until}::uuid`]),
    ...idConditions(environment, filter),
    ...(isClosed && status !== null ? [sql<boolean>`status = ${status}`] : []),
    // The indexes of migration 0004 serve whoever repeats their conditions.
    ...(isClosed && status !== null && status !== 'committed' ? [sql<boolean>`status <> 'committed'`] : []),
    ...(isClosed && !account && (status === null || status === 'committed') ? [sql<boolean>`environment > ''`] : []),
  ];
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
