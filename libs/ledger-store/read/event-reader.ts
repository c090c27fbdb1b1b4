import { kyselyFrom, type Pool } from '#database';
import { accountKey, accountKeyOf, timeOfUuid, type AccountRef } from '#ledger';
import { sql, type Kysely } from 'kysely';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';
import { EVENTS, type EventRow } from '../tables/events.ts';
import { beginningOf, idOf, pageOf, type FollowRequest, type Page, type PageRequest } from './page.ts';
import type { LedgerTables } from './tables.ts';

/** An event as it is kept. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  /** When it happened, by the account's clock, in milliseconds since 1970. */
  readonly occurredAt: number;
}

/** `null`: all of them. */
export interface EventFilter {
  readonly account: AccountRef | null;
  readonly type: string | null;
}

/** How long events are kept. */
export const EVENT_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The relay numbers events from 1. */
const BEFORE_ALL = { position: '0' };

export class EventReader {
  private readonly tables: Kysely<LedgerTables>;

  constructor(pool: Pool) {
    this.tables = kyselyFrom<LedgerTables>(pool);
  }

  /** @returns `null` where the environment has no such event, or not any more */
  find(environment: string, id: string): Promise<StoredEvent | null> {
    return attemptRead(async () => {
      // The id says which account owns it, or else it is the environment's own.
      const owners = [accountKeyOf(id), accountKey(environment, '')];
      const query = this.tables.selectFrom('events').selectAll().where('account_id', 'in', owners).where('id', '=', id);
      const [row] = await ofConnection(query.where('environment', '=', environment).execute());
      return row ? EVENTS.fromRow(row) : null;
    });
  }

  /** An environment's events as they were recorded, newest first. */
  list(environment: string, { account, type }: EventFilter, page: PageRequest): Promise<Page<StoredEvent>> {
    return attemptRead(async () => {
      let query = this.tables.selectFrom('events').selectAll().where('environment', '=', environment);
      if (account !== null) query = query.where('account_id', '=', account.key);
      if (type !== null) query = query.where('type', '=', type);
      if (page.after !== null) query = query.where(sql<boolean>`(recorded_at, id) < ${afterKey(page.after)}`);
      const newestFirst = query
        .orderBy('recorded_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit + 1);
      return pageOf(await ofConnection(newestFirst.execute()), page, keyOf, EVENTS.fromRow);
    });
  }

  /**
   * Events in an order to which nothing is added but at its end: an account's as they were written, all accounts' as they were
   * relayed, which is some tenths of a second later and needs a worker.
   *
   * @returns `'unknown'` where the last event seen is none of them, or not stored any more. An account's events go on after one
   *   that isn't stored any more.
   */
  follow(
    environment: string,
    { account, type }: EventFilter,
    page: FollowRequest,
  ): Promise<Page<StoredEvent> | 'unknown'> {
    return account === null
      ? this.followAll(environment, type, page)
      : this.followAccount(environment, { account, type }, page);
  }

  private followAccount(
    environment: string,
    { account, type }: { readonly account: AccountRef; readonly type: string | null },
    page: FollowRequest,
  ): Promise<Page<StoredEvent> | 'unknown'> {
    return attemptRead(async () => {
      if (page.lastSeen !== null && !(await this.wasOf(account, page.lastSeen))) return 'unknown';
      let query = this.tables
        .selectFrom('events')
        .selectAll()
        .where('account_id', '=', account.key)
        .where('environment', '=', environment)
        .where('id', '>', beginningOf(page));
      if (type !== null) query = query.where('type', '=', type);
      return pageOf(
        await ofConnection(
          query
            .orderBy('id')
            .limit(page.limit + 1)
            .execute(),
        ),
        page,
        idOf,
        EVENTS.fromRow,
      );
    });
  }

  private followAll(
    environment: string,
    type: string | null,
    page: FollowRequest,
  ): Promise<Page<StoredEvent> | 'unknown'> {
    return attemptRead(async () => {
      const lastSeen = page.after ?? page.lastSeen;
      const last = lastSeen === null ? BEFORE_ALL : await this.placeOf(environment, lastSeen);
      if (last === 'unknown') return last;
      // An event that isn't relayed yet will have a larger position than all that are.
      if (last.position === null) return { items: [], next: null };
      let query = this.tables
        .selectFrom('events')
        .selectAll()
        .where('environment', '=', environment)
        .where('position', '>', last.position);
      if (type !== null) query = query.where('type', '=', type);
      const inOrder = query.orderBy('position').limit(page.limit + 1);
      return pageOf(await ofConnection(inOrder.execute()), page, idOf, EVENTS.fromRow);
    });
  }

  /** @returns `'unknown'` where the environment has no such event, or not any more, or it was relayed before there were positions */
  private async placeOf(environment: string, id: string): Promise<Pick<EventRow, 'position'> | 'unknown'> {
    const query = this.tables
      .selectFrom('events')
      .select(['position', 'relayed_at'])
      .where('account_id', '=', accountKeyOf(id))
      .where('id', '=', id)
      .where('environment', '=', environment);
    const [row] = await ofConnection(query.execute());
    return row && (row.position !== null || row.relayed_at === null) ? row : 'unknown';
  }

  /** Whether the account has such an event, or may have had it: a follower that was away for long can still go on. */
  private async wasOf({ key }: AccountRef, id: string): Promise<boolean> {
    if (accountKeyOf(id) !== key) return false;
    if (timeOfUuid(id) < Date.now() - (EVENT_DAYS - 1) * DAY_MS) return true;
    const query = this.tables.selectFrom('events').select('id').where('account_id', '=', key).where('id', '=', id);
    return (await ofConnection(query.execute())).length > 0;
  }
}

function keyOf({ recorded_at, id }: EventRow): string {
  return `${String(recorded_at.getTime())}.${id}`;
}

function afterKey(after: string) {
  const [milliseconds = '', id = ''] = after.split('.');
  return sql`(${new Date(Number(milliseconds))}::timestamptz, ${id}::uuid)`;
}
