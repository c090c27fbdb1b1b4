import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Pool } from '../connect.ts';
import { findRunningDatabase } from './find-running-database.ts';
import { findPostmaster } from './postmaster.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './start-embedded-postgres.ts';

let dataDir: string;
let lines: string[];
let running: { stop: () => Promise<void> }[];

const log = (line: string): void => void lines.push(line);

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-embedded-'));
  lines = [];
  running = [];
});

afterEach(async () => {
  for (const started of running.reverse()) await started.stop();
  expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull();
  await rm(dataDir, { recursive: true });
});

async function start(freeBytes?: () => Promise<number>): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log, ...(freeBytes && { freeBytes }) });
  running.push(postgres);
  return postgres;
}

function open(url: string): Pool {
  const pool = connect(url, { log });
  running.push({ stop: () => pool.end() });
  return pool;
}

async function postmasterPid(): Promise<number> {
  const postmaster = await findPostmaster(join(dataDir, 'postgres'));
  if (postmaster === null) throw new Error('No Postgres is running.');
  return postmaster.pid;
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 200; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(50);
    }
  }
}

/** Another process with an embedded Postgres of its own, to be killed. */
async function startInAnotherProcess(): Promise<ChildProcess> {
  const script = `
    import { startEmbeddedPostgres } from '${new URL('./start-embedded-postgres.ts', import.meta.url).href}';
    await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log() {} });
    console.log('started');
  `;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('startEmbeddedPostgres', () => {
  it('keeps the data from one start to the next', async () => {
    const first = await start();
    const pool = connect(first.url, { log });
    await pool.query(`create table kept as select 'ü' as letter`);
    await pool.end();
    await first.stop();

    const again = open((await start()).url);
    expect((await again.query('select letter from kept')).rows).toEqual([{ letter: 'ü' }]);
  });

  it('is durable, in UTF-8 and in UTC', async () => {
    const pool = open((await start()).url);
    const { rows } = await pool.query(`
      select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
             current_setting('full_page_writes') as full_page_writes, current_setting('server_encoding') as encoding,
             current_setting('timezone') as timezone, current_setting('data_checksums') as checksums
    `);
    expect(rows).toEqual([
      {
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        encoding: 'UTF8',
        timezone: 'UTC',
        checksums: 'on',
      },
    ]);
  });

  it('lets in nobody without the password, which only the owner of the folder can read', async () => {
    const { url } = await start();
    const stranger = new URL(url);
    stranger.password = '';
    await expect(open(stranger.href).query('select 1')).rejects.toThrow(/password/);
    expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a folder that is in use, and names the process and its address', async () => {
    const postgres = await start();
    await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow(`in use by process ${process.pid}`);
    await postgres.announce('http://127.0.0.1:3000');
    await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow('serves http://127.0.0.1:3000');
  });

  it('is found by commands beside it while it runs, and only then', async () => {
    expect(await findRunningDatabase(dataDir)).toBeNull();
    const postgres = await startEmbeddedPostgres({ dataDir, log });
    expect(await findRunningDatabase(dataDir)).toEqual({ url: postgres.url, serviceUrl: null });
    await postgres.announce('http://127.0.0.1:3000');
    expect(await findRunningDatabase(dataDir)).toEqual({ url: postgres.url, serviceUrl: 'http://127.0.0.1:3000' });
    await postgres.stop();
    expect(await findRunningDatabase(dataDir)).toBeNull();
  });

  it('comes back after a crash with all that was committed, and pools reconnect', async () => {
    const pool = open((await start()).url);
    await pool.query('create table kept as select 1 as number');
    process.kill(await postmasterPid(), 'SIGKILL');
    const { rows } = await eventually(() => pool.query('select number from kept'));
    expect(rows).toEqual([{ number: 1 }]);
    while (!lines.includes('Postgres is running again')) await sleep(10);
  });

  it('waits for room where it ended because its disk is full, and goes on by itself', async () => {
    let free = 0;
    const { url } = await start(() => Promise.resolve(free));
    process.kill(await postmasterPid(), 'SIGKILL');
    await eventually(async () => {
      expect(lines.join()).toContain('is full');
      await Promise.resolve();
    });
    expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull();
    free = 1_000_000_000;
    const pool = open(url);
    await eventually(() => pool.query('select 1'));
    expect(lines.filter((line) => line.includes('is full'))).toHaveLength(1);
  });

  it('is given up when it keeps crashing', async () => {
    const postgres = await start();
    let lost: Error | undefined;
    void postgres.lost.then((error) => (lost = error));
    while (lost === undefined) {
      const postmaster = await findPostmaster(join(dataDir, 'postgres'));
      if (postmaster?.isReady === true) process.kill(postmaster.pid, 'SIGKILL');
      await sleep(50);
    }
    expect(lost.message).toMatch(/ended by itself 6 times in a row/);
  });

  it('ends with its process, even if that is killed', async () => {
    const owner = await startInAnotherProcess();
    await postmasterPid();
    owner.kill('SIGKILL');
    await eventually(async () => expect(await findPostmaster(join(dataDir, 'postgres'))).toBeNull());
  });

  it('starts while the Postgres of a killed predecessor is still going', async () => {
    const owner = await startInAnotherProcess();
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await start();
    expect(lines.filter((line) => !line.startsWith('waiting for the previous Postgres'))).toEqual([]);
  });

  it('begins anew after a first start that was cut short', async () => {
    await (await startEmbeddedPostgres({ dataDir, log })).stop();
    await rename(join(dataDir, 'postgres'), join(dataDir, 'postgres.unfinished-1'));
    await start();
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.log', 'postgres.password', 'service.json']);
  });

  it('says what is missing where the password is gone', async () => {
    await (await startEmbeddedPostgres({ dataDir, log })).stop();
    await rm(join(dataDir, 'postgres.password'));
    await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow(/postgres\.password is missing/);
  });

  it('leaves data of another major version alone', async () => {
    await (await startEmbeddedPostgres({ dataDir, log })).stop();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow(/is of Postgres 17.*PURSER_DATA_DIR/);
  });

  it("shows the end of Postgres's own log where it doesn't start, and gives the folder free", async () => {
    await (await startEmbeddedPostgres({ dataDir, log })).stop();
    await rm(join(dataDir, 'postgres', 'global', 'pg_control'));
    await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow(/could not find the database system/);
    await expect(access(join(dataDir, 'service.json'))).rejects.toThrow('ENOENT');
  });
});
