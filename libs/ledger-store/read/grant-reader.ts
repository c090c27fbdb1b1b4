import { kyselyFrom, type Pool } from '#database';
import { accountKeyOf, grantStatus, timeOf, type AccountRef, type GrantDecision, type ObjectRef } from '#ledger';
import type { Kysely } from 'kysely';
import { grantFromRow } from '../tables/grants.ts';
import type { Engine } from '../engine/engine.ts';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';
import { bookRefills } from './book-refills.ts';
import { idOf, pageOf, type Page, type PageRequest } from './page.ts';
import { accountIn, inSnapshot, readSettled } from './snapshot.ts';
import type { LedgerTables } from './tables.ts';

export class GrantReader {
  private readonly tables: Kysely<LedgerTables>;

  /** @param engine grants the periods that have begun before grants are listed */
  constructor(
    private readonly pool: Pool,
    private readonly engine: Pick<Engine, 'submit'>,
  ) {
    this.tables = kyselyFrom<LedgerTables>(pool);
  }

  find(ref: ObjectRef): Promise<GrantDecision | null> {
    return attemptRead(async () => {
      const key = accountKeyOf(ref.id);
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, ref.environment, [key], [ref.id]));
      const owner = loaded.state.accounts.get(key);
      const grant = loaded.state.grants.get(ref.id);
      if (owner?.account.environment !== ref.environment || !grant) return null;
      return { account: owner.account.id, grant, status: grantStatus(grant, timeOf(loaded, owner)) };
    });
  }

  /** @returns `null` where there is no such account. */
  async list(ref: AccountRef, page: PageRequest): Promise<Page<GrantDecision> | null> {
    await bookRefills(this.pool, this.engine, ref);
    return attemptRead(async () => {
      let query = this.tables.selectFrom('grants').selectAll().where('account_id', '=', ref.key);
      if (page.after !== null) query = query.where('id', '<', page.after);
      const rows = await ofConnection(
        query
          .orderBy('id', 'desc')
          .limit(page.limit + 1)
          .execute(),
      );
      const ids = rows.map(({ id }) => id);
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, ref.environment, [ref.key], ids));
      const owner = accountIn(loaded, ref);
      if (!owner) return null;
      const now = timeOf(loaded, owner);
      return pageOf(rows, page, idOf, (row) => {
        const grant = loaded.state.grants.get(row.id) ?? grantFromRow(row);
        return { account: ref.id, grant, status: grantStatus(grant, now) };
      });
    });
  }
}
