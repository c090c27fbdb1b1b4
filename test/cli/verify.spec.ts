import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, findRunningDatabase } from '#database';
import { authorize, charge, openAccount } from '../support/ledger-steps.ts';
import { makeFolder } from './make-folder.ts';
import { processesOn } from './processes-on.ts';
import { purser, PurserRun, type Ended } from './purser-run.ts';
import { startService, type ServiceRun } from './service-run.ts';

const KEY = 'pur_live_the-key-of-the-books-to-be-verified';

let dataDir: string;
let service: ServiceRun;
let account: string;

beforeAll(async () => {
  dataDir = await makeFolder('verify');
  service = await startService(dataDir, { PURSER_ADMIN_KEY: KEY });
  account = await openAccount(service.client(KEY), { credits: '10' });
  await charge(service.client(KEY), account, '2.5');
  await authorize(service.client(KEY), account, '1');
}, 60_000);
afterAll(async () => {
  await service.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const verify = (folder: string): Promise<Ended> => purser(['verify'], { PURSER_DATA_DIR: folder });

/** The grant's transfer and the charge's; the charge, and the authorization that is open. */
const clean = /\nverify: clean: 2 transfers, 1 grants, 2 authorizations checked in \d+\.\d s\n$/;

/** Changes what was booked, which takes the owner of the tables and the will to do it. */
async function falsifyTheBooks(): Promise<void> {
  const database = await findRunningDatabase(dataDir);
  const pool = connect(database?.url ?? '', { connectionsMax: 1, log: () => undefined });
  try {
    await pool.query('alter table transfers disable trigger user');
    await pool.query(`update transfers set amount = 2.4 where kind = 'usage'`);
  } finally {
    await pool.end();
  }
}

/** The specs go through the life of one data folder, in order. */
describe('purser verify', () => {
  it('checks the books beside the service that writes them', async () => {
    const { code, out, err } = await verify(dataDir);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(clean);
    expect((await service.client(KEY).get('/health/ready')).status).toBe(200);
  });

  it('ends without a word where nobody reads on, and not with the code of a difference', async () => {
    const run = await PurserRun.start(['verify'], { PURSER_DATA_DIR: dataDir });
    run.stopReading();
    expect(await run.ended).toEqual({ code: 141, out: '', err: '' });
  });

  it('checks them where the service is stopped, and leaves no process behind', async () => {
    await service.end('SIGTERM');
    const { code, out, err } = await verify(dataDir);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(clean);
    expect(await processesOn(dataDir)).toEqual([]);
  });

  it('ends with 1 and names the account, where a booked amount was changed', async () => {
    service = await startService(dataDir);
    await falsifyTheBooks();
    const { code, out } = await verify(dataDir);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^  FAILED  §9\\.1 .+\\n {12}live ${account} .+expected \\S+, found \\S+$`, 'm'));
    expect(out).toMatch(/\nverify: FAILED: \d+ differences in \d+ checks\n$/);
  });

  it('ends with 2 where there are no books, and makes none', async () => {
    const nowhere = join(dataDir, 'nowhere');
    const { code, out, err } = await verify(nowhere);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`no books in ${nowhere}`);
    await expect(stat(nowhere)).rejects.toThrow('ENOENT');
  });
});
