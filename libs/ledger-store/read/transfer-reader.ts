import { kyselyFrom, type Pool } from '#database';
import type { AccountRef, Transfer } from '#ledger';
import type { Kysely } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { rowsOf } from '../load/rows-of.ts';
import type { AccountRow } from '../tables/accounts.ts';
import { transferFromRow } from '../tables/transfers.ts';
import { findAccounts } from '../load/statements.ts';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';
import { bookRefills } from './book-refills.ts';
import { completeUntil } from './complete-until.ts';
import { beginningOf, idOf, pageOf, type FollowRequest, type Page, type PageRequest } from './page.ts';
import { inSnapshot } from './snapshot.ts';
import type { LedgerTables } from './tables.ts';

/** Milliseconds since 1970: `from` inclusive, `to` exclusive. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** All that there is, in pages of so many; `lastSeen`: as in {@link FollowRequest}. */
export interface AllRequest {
  readonly isForward: boolean;
  readonly lastSeen: string | null;
  readonly limit: number;
}

export class TransferReader {
  private readonly tables: Kysely<LedgerTables>;

  /** @param engine books what is due in an account before it is read */
  constructor(
    private readonly pool: Pool,
    private readonly engine: Pick<Engine, 'submit'>,
  ) {
    this.tables = kyselyFrom<LedgerTables>(pool);
  }

  /** An account's statement, newest first. @returns `null` where there is no such account. */
  async list(ref: AccountRef, range: TimeRange, page: PageRequest): Promise<Page<Transfer> | null> {
    await this.complete(ref, range);
    return attemptRead(async () => ((await this.isThere(ref)) ? this.before(ref, range, page) : null));
  }

  /**
   * An account's statement in the order in which it was written.
   *
   * @returns `null` where there is no such account, `'unknown'` where the last transfer seen is none of its transfers.
   */
  async follow(ref: AccountRef, range: TimeRange, page: FollowRequest): Promise<Page<Transfer> | 'unknown' | null> {
    await this.complete(ref, range);
    return attemptRead(async () => {
      if (!(await this.isThere(ref))) return null;
      if (page.lastSeen !== null && !(await this.has(ref, page.lastSeen))) return 'unknown';
      return this.following(ref, range, page);
    });
  }

  /** All pages of {@link list}, or of {@link follow} where `isForward`, one after the other. The first tells of what isn't there. */
  async *pages(
    ref: AccountRef,
    range: TimeRange,
    { isForward, lastSeen, limit }: AllRequest,
  ): AsyncGenerator<Page<Transfer> | 'unknown' | null> {
    const first = { limit, after: null, lastSeen };
    let page = isForward ? await this.follow(ref, range, first) : await this.list(ref, range, first);
    yield page;
    while (page !== null && page !== 'unknown' && page.next !== null) {
      const next: FollowRequest = { limit, after: page.next, lastSeen };
      page = await attemptRead(() => (isForward ? this.following(ref, range, next) : this.before(ref, range, next)));
      yield page;
    }
  }

  private async before(ref: AccountRef, range: TimeRange, page: PageRequest): Promise<Page<Transfer>> {
    let query = this.transfersOf(ref, range);
    if (page.after !== null) query = query.where('id', '<', page.after);
    const newestFirst = query.orderBy('id', 'desc').limit(page.limit + 1);
    return pageOf(await ofConnection(newestFirst.execute()), page, idOf, transferFromRow);
  }

  private async following(ref: AccountRef, range: TimeRange, page: FollowRequest): Promise<Page<Transfer>> {
    const query = this.transfersOf(ref, range).where('id', '>', beginningOf(page));
    const oldestFirst = query.orderBy('id').limit(page.limit + 1);
    return pageOf(await ofConnection(oldestFirst.execute()), page, idOf, transferFromRow);
  }

  /** A window that has ended is shown whole: nothing is booked in it later. So are the periods that have begun. */
  private async complete(ref: AccountRef, { to }: TimeRange): Promise<void> {
    if (to !== null) await completeUntil(this.pool, this.engine, ref, to);
    else await bookRefills(this.pool, this.engine, ref);
  }

  private async isThere(ref: AccountRef): Promise<boolean> {
    const rows = await inSnapshot(this.pool, (client) => rowsOf<AccountRow>(client, findAccounts([ref.key])));
    return rows.some((row) => row.environment === ref.environment && row.external_id === ref.id);
  }

  private async has({ key }: AccountRef, id: string): Promise<boolean> {
    const query = this.tables.selectFrom('transfers').select('id').where('account_id', '=', key).where('id', '=', id);
    return (await ofConnection(query.execute())).length > 0;
  }

  private transfersOf({ key }: AccountRef, { from, to }: TimeRange) {
    let query = this.tables.selectFrom('transfers').selectAll().where('account_id', '=', key);
    if (from !== null) query = query.where('created_at', '>=', new Date(from));
    if (to !== null) query = query.where('created_at', '<', new Date(to));
    return query;
  }
}
