import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { connect, findRunningDatabase } from '#database';
import { verify } from '#ledger-store';

/** A database with books in it, to be asked directly. */
export class DatabaseUnderTest {
  constructor(private readonly url: () => Promise<string>) {}

  /** Opens a session that isn't the service's. */
  async session(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: await this.url(), application_name: 'fault' });
    await client.connect();
    return client;
  }

  /** Asks something on a session of its own. */
  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const session = await this.session();
    try {
      return (await session.query<Row>(sql, [...values])).rows;
    } finally {
      await session.end();
    }
  }

  /** How many idempotency keys are remembered for these accounts. */
  async countKeys(accounts: readonly string[]): Promise<number> {
    const [row] = await this.query<{ count: string }>(
      `select count(*) from (select account_id from idempotency_keys union all select account_id from idempotency_keys_kept) k
       join accounts using (account_id) where external_id = any($1)`,
      [accounts],
    );
    return Number(row?.count);
  }

  /** Fails unless every invariant of the books holds. */
  async mustHaveCleanBooks(): Promise<void> {
    const pool = connect(await this.url(), { connectionsMax: 1, log: () => undefined });
    try {
      const { clean, checks } = await verify(pool);
      const broken = checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
      if (!clean) throw new Error(`The books are not in order: ${JSON.stringify(broken, null, 2)}`);
    } finally {
      await pool.end();
    }
  }
}

/** The embedded Postgres on a data folder, to be asked directly and to be done harm. */
export class PostgresUnderTest extends DatabaseUnderTest {
  constructor(private readonly dataDir: string) {
    super(async () => {
      const database = await findRunningDatabase(dataDir);
      if (!database) throw new Error('there is no Postgres running');
      return database.url;
    });
  }

  async pid(): Promise<number> {
    const [pid] = (await readFile(`${this.dataDir}/postgres/postmaster.pid`, 'utf8')).split('\n');
    return Number(pid);
  }

  /** How often it has recovered from its log, by its own account. */
  async recoveries(): Promise<number> {
    const log = await readFile(`${this.dataDir}/postgres.log`, 'utf8');
    return log.match(/automatic recovery in progress/g)?.length ?? 0;
  }
}
