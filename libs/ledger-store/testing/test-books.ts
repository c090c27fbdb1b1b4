import { connect, type Pool, type PoolClient } from '#database';
import { accountKey } from '#ledger';
import { verify } from '../verify/verify.ts';
import { eventually } from './eventually.ts';

/** Looks at the books beside the engines, on connections of its own. */
export class TestBooks {
  readonly pool: Pool;
  /** Those that keep a lock. */
  private readonly locking = new Set<PoolClient>();

  constructor(databaseUrl: string) {
    this.pool = connect(databaseUrl, { connectionsMax: 4, log: () => undefined });
  }

  /** Fails unless every invariant holds, with the first differences of each that doesn't. */
  private async mustBeClean(): Promise<void> {
    const { clean, checks } = await verify(this.pool);
    if (clean) return;
    const broken = checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
    throw new Error(`the books are not clean: ${JSON.stringify(broken, null, 2)}`);
  }

  async count(
    table: 'accounts' | 'account_refills' | 'grants' | 'holds' | 'authorizations' | 'transfers',
    where = 'true',
  ): Promise<number> {
    return Number(await this.value(`select count(*) from ${table} where ${where}`));
  }

  /** The one value of a query, as text. */
  async value(sql: string, values: unknown[] = []): Promise<string> {
    const { rows } = await this.pool.query<{ value: string }>(`select (${sql})::text as value`, values);
    const [row] = rows;
    if (!row) throw new Error('a query without a row');
    return row.value;
  }

  /** How many transactions wrote an account's transfers of a kind. */
  async transactionsOf(account: string, kind = 'usage'): Promise<number> {
    const key = accountKey('live', account);
    return Number(
      await this.value(
        `select count(distinct xmin::text) from transfers where account_id = '${key}' and kind = '${kind}'`,
      ),
    );
  }

  /** Charged to an account so far. */
  async spent(account: string): Promise<string> {
    return this.value(
      `select trim_scale(coalesce(sum(amount), 0)) from transfers where account_id = $1 and kind = 'usage'`,
      [accountKey('live', account)],
    );
  }

  /** Takes an account's lock by this statement, as another process would, and keeps it until it is released. */
  async lock(
    account: string,
    statement = 'select from accounts where account_id = $1 for update',
  ): Promise<{ commit(): Promise<void>; release(): Promise<void> }> {
    const client = await this.pool.connect();
    this.locking.add(client);
    await client.query('begin');
    await client.query(statement, [accountKey('live', account)]);
    const end = (how: 'commit' | 'rollback') => async (): Promise<void> => {
      await client.query(how);
      this.locking.delete(client);
      client.release();
    };
    return { commit: end('commit'), release: end('rollback') };
  }

  /** Waits until this many connections are waiting for a lock. */
  lockWaits(wanted = 1): Promise<void> {
    const waiting = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return eventually(
      async () => Number(await this.value(waiting)) >= wanted,
      `${wanted} transactions wait for a lock`,
    );
  }

  /** Checks the books and closes them. */
  async close(): Promise<void> {
    try {
      await this.mustBeClean();
    } finally {
      // A spec that failed keeps its locks, and a pool ends when every connection is given back.
      for (const client of this.locking) client.release(true);
      await this.pool.end();
    }
  }
}
