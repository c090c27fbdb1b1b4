import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, migrate, startEmbeddedPostgres } from '#database';
import { administer, templateDatabase, withDatabase } from './test-database.ts';

/**
 * Its data is thrown away, so nobody waits for the disk; what must survive a crash is tested on servers of their own, with the
 * usual settings. And specs that mostly wait run several services at once.
 */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };

let stop: (() => Promise<void>) | undefined;

/**
 * Starts the one Postgres of a test run, on a data folder of its own, with every migration applied to the template
 * database that the specs clone.
 *
 * @returns the URL of its maintenance database, for a role that may create databases
 * @throws DatabaseError when Postgres can't run here or a migration fails
 */
export async function startTestPostgres(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-test-'));
  const guard = guardDataFolder(dataDir);
  const postgres = await startEmbeddedPostgres({ dataDir, log: warn, settings: SETTINGS });
  stop = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
    guard.release();
  };
  await administer(postgres.url, `create database ${templateDatabase}`);
  await migrateTemplate(withDatabase(postgres.url, templateDatabase));
  return postgres.url;
}

/** Stops Postgres and removes its data. */
export async function stopTestPostgres(): Promise<void> {
  await stop?.();
}

async function migrateTemplate(url: string): Promise<void> {
  const pool = connect(url, { log: warn });
  try {
    await migrate(pool, { log: () => undefined });
  } finally {
    await pool.end();
  }
}

/**
 * Postgres ends with this process, however that ends, but its data would stay. So a small process waits for the same
 * moment (the pipe between the two closes), lets Postgres finish, and removes the folder.
 */
function guardDataFolder(dataDir: string): { release(): void } {
  const script = `
    cat
    while [ -e "$0/postgres/postmaster.pid" ]; do sleep 0.1; done
    rm -rf "$0"`;
  const guard = spawn('sh', ['-c', script, dataDir], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  return { release: () => guard.stdin.end() };
}

function warn(line: string): void {
  process.stderr.write(`test Postgres: ${line}\n`);
}
