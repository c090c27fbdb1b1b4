import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, findRunningDatabase } from '#database';
import { verify } from '#ledger-store';
import { ApiClient } from '../support/api-client.ts';
import { build, root } from '../support/build.ts';

const ADMIN_KEY = 'pur_live_the-key-of-a-service-to-be-killed';
const START_MS_MAX = 60_000;

/** `purser start` with its embedded Postgres, in a process of its own that may be killed. */
export class ServiceProcess {
  private child: ChildProcess | null = null;
  private api: ApiClient | null = null;

  constructor(private readonly dataDir: string) {}

  /** Speaks to the process that runs now. */
  get client(): ApiClient {
    if (!this.api) throw new Error('the service was not started');
    return this.api;
  }

  /** Starts it, once more after it was killed; resolves when it is ready. */
  async start(): Promise<void> {
    await build();
    const child = spawn(process.execPath, [`${root}/dist/apps/cli/main.js`, 'start'], {
      cwd: root,
      env: { PATH: process.env['PATH'], PORT: '0', PURSER_DATA_DIR: this.dataDir, PURSER_ADMIN_KEY: ADMIN_KEY },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    const url = await Promise.race([readyUrl(child), sleep(START_MS_MAX, null, { ref: false })]);
    if (url === null) throw new Error('the service did not become ready');
    this.api = new ApiClient(url, ADMIN_KEY);
  }

  /** Ends it as a crash would: nothing is finished, nobody is told. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** Kills Postgres itself; the service goes on. */
  async killPostgres(): Promise<void> {
    const [pid] = (await readFile(`${this.dataDir}/postgres/postmaster.pid`, 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
  }

  /** Kills one of Postgres's processes, whereupon Postgres ends all sessions and recovers. */
  async killBackend(): Promise<void> {
    const [row] = await this.query<{ pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
       order by state = 'active' desc limit 1`,
    );
    if (row) process.kill(row.pid, 'SIGKILL');
  }

  /** How often Postgres has recovered from its log, by its own account. */
  async recoveries(): Promise<number> {
    const log = await readFile(`${this.dataDir}/postgres.log`, 'utf8');
    return log.match(/automatic recovery in progress/g)?.length ?? 0;
  }

  /** Asks the database directly. */
  query<Row extends object>(sql: string): Promise<Row[]> {
    return this.withDatabase(async (pool) => (await pool.query<Row>(sql)).rows);
  }

  /** Fails unless every invariant of the books holds. */
  async mustHaveCleanBooks(): Promise<void> {
    const { clean, checks } = await this.withDatabase((pool) => verify(pool));
    const broken = checks.filter(({ severity, differences }) => severity === 'failure' && differences > 0);
    if (!clean) throw new Error(`The books are not in order: ${JSON.stringify(broken, null, 2)}`);
  }

  private async withDatabase<T>(work: (pool: ReturnType<typeof connect>) => Promise<T>): Promise<T> {
    const database = await findRunningDatabase(this.dataDir);
    if (!database) throw new Error('the service has no database running');
    const pool = connect(database.url, { connectionsMax: 1, log: () => undefined });
    try {
      return await work(pool);
    } finally {
      await pool.end();
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the service has no output to read');
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^ready on (http:.+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    // Whatever it prints from now on, the pipe must not fill up.
    child.stdout.resume();
    return url;
  }
  throw new Error('the service ended before it was ready');
}
