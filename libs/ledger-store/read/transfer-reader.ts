import { kyselyFrom, type Pool } from '#database';
import type { AccountRef, Transfer } from '#ledger';
import type { Kysely } from 'kysely';
import { rowsOf } from '../load/load-state.ts';
import type { AccountRow } from '../tables/accounts.ts';
import { transferFromRow } from '../tables/transfers.ts';
import { findAccounts } from '../load/statements.ts';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';
import { idOf, pageOf, type Page, type PageRequest } from './page.ts';
import { inSnapshot } from './snapshot.ts';
import type { LedgerTables } from './tables.ts';

/** Milliseconds since 1970: `from` inclusive, `to` exclusive. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

export class TransferReader {
  private readonly tables: Kysely<LedgerTables>;

  constructor(private readonly pool: Pool) {
    this.tables = kyselyFrom<LedgerTables>(pool);
  }

  /** An account's statement. @returns `null` where there is no such account. */
  list(ref: AccountRef, { from, to }: TimeRange, page: PageRequest): Promise<Page<Transfer> | null> {
    return attemptRead(async () => {
      const accounts = await inSnapshot(this.pool, (client) => rowsOf<AccountRow>(client, findAccounts([ref.key])));
      if (!accounts.some((row) => row.environment === ref.environment && row.external_id === ref.id)) return null;
      let query = this.tables.selectFrom('transfers').selectAll().where('account_id', '=', ref.key);
      if (page.after !== null) query = query.where('id', '<', page.after);
      if (from !== null) query = query.where('created_at', '>=', new Date(from));
      if (to !== null) query = query.where('created_at', '<', new Date(to));
      const rows = await ofConnection(
        query
          .orderBy('id', 'desc')
          .limit(page.limit + 1)
          .execute(),
      );
      return pageOf(rows, page, idOf, transferFromRow);
    });
  }
}
