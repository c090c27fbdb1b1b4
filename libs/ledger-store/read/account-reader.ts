import { kyselyFrom, type Pool } from '#database';
import { balanceOf, timeOf, type AccountDecision, type AccountRef, type AccountState } from '#ledger';
import { sql, type Kysely } from 'kysely';
import { ofConnection } from '../engine/failures.ts';
import { attemptRead } from './attempt-read.ts';
import { pageOf, type Page, type PageRequest } from './page.ts';
import { balanceAt } from './past-balance.ts';
import { accountIn, inSnapshot, readSettled } from './snapshot.ts';
import type { LedgerTables } from './tables.ts';

export class AccountReader {
  private readonly tables: Kysely<LedgerTables>;

  constructor(private readonly pool: Pool) {
    this.tables = kyselyFrom<LedgerTables>(pool);
  }

  find(ref: AccountRef): Promise<AccountDecision | null> {
    return attemptRead(async () => {
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, ref.environment, [ref.key]));
      const found = accountIn(loaded, ref);
      return found && reading(found, timeOf(loaded, found));
    });
  }

  /**
   * The account with its balance at a past instant of its own time, in milliseconds since 1970.
   * @returns `null` where there is no such account, `'future'` where the instant hasn't come yet.
   */
  findAt(ref: AccountRef, at: number): Promise<AccountDecision | 'future' | null> {
    return attemptRead(async () => {
      return inSnapshot(this.pool, async (client) => {
        const loaded = await readSettled(client, ref.environment, [ref.key]);
        const found = accountIn(loaded, ref);
        if (!found) return null;
        if (at > timeOf(loaded, found)) return 'future';
        const { balance, debt } = await balanceAt(client, ref.key, at, loaded.unbooked);
        return { account: { ...found.account, debt }, balance, created: false, asOf: at };
      });
    });
  }

  list(environment: string, page: PageRequest): Promise<Page<AccountDecision>> {
    return attemptRead(async () => {
      let query = this.tables
        .selectFrom('accounts')
        .select(['account_id', 'created_at'])
        .where('environment', '=', environment)
        .orderBy('created_at', 'desc')
        .orderBy('account_id', 'desc')
        .limit(page.limit + 1);
      if (page.after !== null) query = query.where(sql<boolean>`(created_at, account_id) < ${afterKey(page.after)}`);
      const rows = await ofConnection(query.execute());
      const keys = rows.map(({ account_id }) => account_id);
      const loaded = await inSnapshot(this.pool, (client) => readSettled(client, environment, keys));
      return pageOf(rows, page, keyOf, ({ account_id }) => {
        const found = loaded.state.accounts.get(account_id);
        if (!found) throw new Error(`account ${account_id} was listed but not found`);
        return reading(found, timeOf(loaded, found));
      });
    });
  }
}

function reading(state: AccountState, now: number): AccountDecision {
  return { account: state.account, balance: balanceOf(state), created: false, asOf: now };
}

function keyOf(row: { created_at: Date; account_id: string }): string {
  return `${String(row.created_at.getTime())}.${row.account_id}`;
}

function afterKey(after: string) {
  const [milliseconds = '', key = ''] = after.split('.');
  return sql`(${new Date(Number(milliseconds))}::timestamptz, ${key}::bigint)`;
}
