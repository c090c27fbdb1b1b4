import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Pool } from './connect.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/start-embedded-postgres.ts';

const lines: string[] = [];
const log = (line: string): void => void lines.push(line);
let dataDir: string;
let postgres: EmbeddedPostgres;
let pool: Pool;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-connect-'));
  postgres = await startEmbeddedPostgres({ dataDir, log });
  pool = connect(postgres.url, { connectionsMax: 1, log });
});

afterAll(async () => {
  await pool.end();
  await postgres.stop();
  await rm(dataDir, { recursive: true });
});

/** Ends all other connections, as a restart of the server would. */
async function endOtherConnections(): Promise<void> {
  const other = connect(postgres.url, { connectionsMax: 1, log });
  await other.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = current_user`,
  );
  await other.end();
}

describe('connect', () => {
  it('hands out whole and exact numbers as strings and times as dates', async () => {
    const { rows } = await pool.query(`
      select 9007199254740993::int8 as big, 0.100000000000::numeric(38,12) as exact, '2026-01-02T03:04:05.678Z'::timestamptz as at
    `);
    expect(rows).toEqual([
      { big: '9007199254740993', exact: '0.100000000000', at: new Date('2026-01-02T03:04:05.678Z') },
    ]);
  });

  it('names itself to the server', async () => {
    const { rows } = await pool.query(`select current_setting('application_name') as name`);
    expect(rows).toEqual([{ name: 'purser' }]);
  });

  it('survives the loss of an idle connection, says so, and opens another', async () => {
    await pool.query('select 1');
    lines.length = 0;
    await endOtherConnections();
    while (lines.length === 0) await sleep(10);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(lines).toEqual([expect.stringContaining('terminating connection due to administrator command')]);
  });

  it('survives the loss of a connection in use, whose next statement fails', async () => {
    const client = await pool.connect();
    await endOtherConnections();
    await expect(client.query('select 1')).rejects.toThrow();
    // The end of the connection may not have been read yet; whoever saw a statement fail gives the client up.
    client.release(true);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
