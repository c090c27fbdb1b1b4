import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ApiClient } from '../support/api-client.ts';
import { balanceOf, openAccount } from '../support/ledger-steps.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.ts';
import { makeFolder } from './make-folder.ts';
import { purser, PurserRun } from './purser-run.ts';
import { startService } from './service-run.ts';

const ADMIN_KEY = 'pur_live_the-key-of-a-service-that-moves';
const noStack = /^ +at /m;

let dataDir: string;
let file: string;
let target: TestDatabase;

beforeAll(async () => {
  dataDir = await makeFolder('move');
  file = join(dataDir, '..', `${dataDir.split('/').at(-1) ?? ''}.export`);
  target = await createEmptyDatabase();
});
afterAll(async () => {
  await target.drop();
  await rm(dataDir, { recursive: true, force: true });
  await rm(file, { force: true });
});

async function chargeUntil(client: ApiClient, account: string, isOver: () => boolean): Promise<void> {
  const worker = async (name: number): Promise<void> => {
    for (let n = 0; !isOver(); n += 1) {
      const body = { account, amount: '0.000000000001', metadata: { text: 'tab\t, \\N, “quote”, \n \u2028' } };
      const { status } = await client.post('/v1/charges', body, { key: `${String(name)}-${String(n)}` });
      expect(status).toBe(201);
    }
  };
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(worker));
}

/** The specs go through one move, in order. */
describe('purser export and import', () => {
  it('move all data of an embedded Postgres to another server, exported under load', async () => {
    const service = await startService(dataDir, { PURSER_ADMIN_KEY: ADMIN_KEY });
    const client = service.client(ADMIN_KEY);
    const account = await openAccount(client, { credits: '1000' });
    const costs = await makeRateCard(client, { purpose: 'cost', unit: 'USD' });
    const settings = await client.put('/v1/settings', { cost_card: costs.id, price_per_credit: '0.01' });
    const held = await client.post('/v1/authorizations', { account, amount: '4' }, { key: 'held' });
    const first = await client.post('/v1/charges', { account, amount: '2.5' }, { key: 'first' });
    let isOver = false;
    const charging = chargeUntil(client, account, () => isOver);
    const exported = await purser(['export', file], { PURSER_DATA_DIR: dataDir });
    isOver = true;
    await charging;
    await service.end('SIGTERM');
    expect(exported).toMatchObject({ code: 0, err: '' });
    expect(exported.out).toMatch(/^accounts: 1 rows$/m);
    expect(exported.out).toMatch(/^exported to /m);

    const imported = await purser(['import', file], { DATABASE_URL: target.url });
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(imported.out).toMatch(/^transfers: [\d,]+ rows$/m);
    expect(imported.out).toContain('clean');

    const moved = await startService(dataDir, { DATABASE_URL: target.url });
    const there = moved.client(ADMIN_KEY);
    const again = await there.post('/v1/charges', { account, amount: '2.5' }, { key: 'first' });
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await there.get(`/v1/rate-cards/${costs.id}`)).body).toEqual(costs);
    expect((await there.get('/v1/settings')).body).toEqual(settings.body);
    const { id } = held.body as { id: string };
    expect((await there.post(`/v1/authorizations/${id}/commit`, { amount: '3' })).status).toBe(200);
    expect((await balanceOf(there, account)).posted).toMatch(/^994\.49999/);
    await moved.end('SIGTERM');
    expect((await purser(['verify'], { DATABASE_URL: target.url })).code).toBe(0);
  });

  it('are exact: what is exported again is the same, row by row', async () => {
    const second = await createEmptyDatabase();
    const [one, other] = [`${file}.1`, `${file}.2`];
    await purser(['export', one], { DATABASE_URL: target.url });
    expect((await purser(['import', one], { DATABASE_URL: second.url })).code).toBe(0);
    await purser(['export', other], { DATABASE_URL: second.url });
    const rows = async (path: string): Promise<string[]> =>
      gunzipSync(await readFile(path))
        .toString()
        .split('\n')
        .slice(1)
        .sort();
    expect(await rows(other)).toEqual(await rows(one));
    await Promise.all([rm(one), rm(other), second.drop()]);
  });

  it('refuse a database that has data, a file that is there, and one that isn’t', async () => {
    const again = await purser(['import', file], { DATABASE_URL: target.url });
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/already has data.*needs an empty one/);
    expect((await purser(['export', file], { DATABASE_URL: target.url })).err).toMatch(/is there already/);
    expect((await purser(['import', `${file}.none`], { DATABASE_URL: target.url })).err).toMatch(/^There is no file/);
    const nowhere = await purser(['export', join(dataDir, 'none', 'file')], { DATABASE_URL: target.url });
    expect(nowhere.err).toMatch(/^There is no folder \/.*\/none\. Create it/);
  });

  it('import nothing of a file that is cut off, or damaged, or is none, or of another version', async () => {
    const empty = await createEmptyDatabase();
    const cut = `${file}.cut`;
    const whole = await readFile(file);
    const attempt = async (): Promise<string> => {
      const { code, err } = await purser(['import', cut], { DATABASE_URL: empty.url });
      expect(code).toBe(1);
      expect(err).not.toMatch(noStack);
      return err;
    };
    await writeFile(cut, whole);
    await truncate(cut, whole.length - 1000);
    expect(await attempt()).toMatch(/incomplete or damaged: nothing was imported/);
    const lines = gunzipSync(whole).toString().replace('"(live,', '"(live,,');
    await writeFile(cut, gzipSync(lines));
    expect(await attempt()).toMatch(/incomplete or damaged: nothing was imported/);
    await writeFile(cut, 'no export at all');
    expect(await attempt()).toMatch(/not an export of Purser|incomplete or damaged/);
    expect((await purser(['import', file], { DATABASE_URL: empty.url })).code).toBe(0);
    await Promise.all([rm(cut), empty.drop()]);
  });

  it('leave no unfinished file where they are stopped', async () => {
    const path = `${file}.stopped`;
    const run = await PurserRun.start(['export', path], { DATABASE_URL: 'postgres://purser:none@127.0.0.1:1/purser' });
    const { code, err } = await run.ended;
    expect(code).toBe(1);
    expect(err).toMatch(/Can't use the Postgres/);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await expect(readFile(`${path}.unfinished`)).rejects.toThrow('ENOENT');
  });
});
