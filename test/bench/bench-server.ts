import { bootstrapKeys } from '#access';
import { connect, migrate, startEmbeddedPostgres, type EmbeddedPostgres, type Pool } from '#database';
import { verify } from '#ledger-store';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountSet } from './accounts.ts';
import { AftermathGuard } from './aftermath-guard.ts';
import { cpuTimeOfFamily } from './cpu-time.ts';
import { openAccounts } from './open-accounts.ts';
import { ServiceProcess } from './service-process.ts';

/** The keys that the services are started with. */
export const ADMIN_KEY = 'pur_live_the-admin-key-of-the-bench';
export const TEST_ADMIN_KEY = 'pur_test_the-admin-key-of-the-bench';

export interface VerifiedDatabase {
  readonly database: string;
  readonly clean: boolean;
  readonly transfers: number;
  readonly authorizations: number;
}

/** A Postgres with the product's own settings, its data in a temporary folder that goes with it. */
export class BenchServer {
  readonly #guard: AftermathGuard;
  readonly #postgres: EmbeddedPostgres;
  readonly #dataDir: string;
  readonly #pool: Pool;
  readonly #log: (line: string) => void;
  /** Those with a ledger in them. */
  readonly #ledgers: string[] = [];

  private constructor(postgres: EmbeddedPostgres, dataDir: string, guard: AftermathGuard, log: (line: string) => void) {
    this.#postgres = postgres;
    this.#dataDir = dataDir;
    this.#guard = guard;
    this.#log = log;
    this.#pool = connect(postgres.url, { connectionsMax: 1, log });
  }

  static async start(log: (line: string) => void): Promise<BenchServer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'purser-bench-'));
    const guard = new AftermathGuard(dataDir);
    try {
      return new BenchServer(await startEmbeddedPostgres({ dataDir, log }), dataDir, guard, log);
    } catch (error) {
      await rm(dataDir, { recursive: true, force: true });
      guard.release();
      throw error;
    }
  }

  /** Starts a service that works on this server, or is measured beside it. It is killed if we are. */
  async startService(...how: Parameters<typeof ServiceProcess.start>): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(...how);
    this.#guard.watch(service.pid);
    return service;
  }

  /** Makes a database with nothing in it. @returns its URL. */
  async createDatabase(name: string): Promise<string> {
    await this.#pool.query(`create database ${name}`);
    return this.urlOf(name);
  }

  /** Makes databases that are alike: each with a ledger, the bench's key, and these accounts. */
  async createLedgers(names: readonly string[], accounts: readonly AccountSet[]): Promise<void> {
    const [first, ...others] = names;
    if (first === undefined) return;
    await this.createDatabase(first);
    await this.#fillLedger(this.urlOf(first), accounts);
    for (const name of others) await this.#pool.query(`create database ${name} template ${first}`);
    this.#ledgers.push(...names);
  }

  urlOf(database: string): string {
    const url = new URL(this.#postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  async version(): Promise<string> {
    const { rows } = await this.#pool.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? 'unknown';
  }

  /** Of all its processes so far, in µs; `null` where the system has no /proc. */
  async cpuTime(): Promise<number | null> {
    const [pid] = (await readFile(join(this.#dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    return await cpuTimeOfFamily(Number(pid));
  }

  /** The bytes written to its log so far. */
  async walBytes(): Promise<number> {
    const { rows } = await this.#pool.query<{ bytes: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes`,
    );
    return Number(rows[0]?.bytes);
  }

  /** Recomputes the books of every ledger it has. */
  async verifyLedgers(): Promise<VerifiedDatabase[]> {
    const verified: VerifiedDatabase[] = [];
    for (const database of this.#ledgers) {
      const pool = connect(this.urlOf(database), { connectionsMax: 1, log: this.#log });
      try {
        const { clean, transfers, authorizations } = await verify(pool);
        verified.push({ database, clean, transfers, authorizations });
      } finally {
        await pool.end();
      }
    }
    return verified;
  }

  async stop(): Promise<void> {
    await this.#pool.end();
    await this.#postgres.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
    this.#guard.release();
  }

  async #fillLedger(url: string, accounts: readonly AccountSet[]): Promise<void> {
    const pool = connect(url, { connectionsMax: 1, log: this.#log });
    try {
      await migrate(pool, { log: () => undefined });
      await bootstrapKeys(pool, { live: ADMIN_KEY });
    } finally {
      await pool.end();
    }
    await openAccounts(url, accounts);
  }
}
