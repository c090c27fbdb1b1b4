import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { balanceOf, charge, openAccount } from '../support/ledger-steps.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from './make-folder.ts';
import { processesOn } from './processes-on.ts';
import { purser } from './purser-run.ts';
import { startService, type ServiceRun } from './service-run.ts';

let dataDir: string;
let service: ServiceRun;
let key: string;
let account: string;

beforeAll(async () => {
  dataDir = await makeFolder('start');
  service = await startService(dataDir);
}, 60_000);
afterAll(async () => {
  await service.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const noStack = /^ +at /m;

/** The specs go through the life of one data folder, in order. */
describe('purser start', () => {
  it('prints where the data is, an admin key for each environment, and last of all that it is ready', () => {
    const lines = service.run.out.trimEnd().split('\n');
    expect(lines[0]).toBe(`data in ${dataDir}`);
    expect(lines).toContainEqual(expect.stringMatching(/^admin key \(live\): pur_live_\S{24,} {2}shown only once/));
    expect(lines).toContainEqual(expect.stringMatching(/^admin key \(test\): pur_test_\S{24,} {2}shown only once/));
    expect(lines.at(-1)).toMatch(/^ready on (http:\/\/127\.0\.0\.1:\d+) \(documentation: \1\/docs\)$/);
    expect(service.run.err).toBe('');
  });

  it('serves the documentation that it names, and the guides', async () => {
    for (const path of ['/docs', '/docs/concepts'])
      expect({ path, status: (await fetch(service.url + path)).status }).toEqual({ path, status: 200 });
  });

  it('answers requests with the key it printed', async () => {
    key = /^admin key \(live\): (\S+)/m.exec(service.run.out)?.[1] ?? '';
    account = await openAccount(service.client(key), { credits: '10' });
    await charge(service.client(key), account, '2.5');
    expect((await balanceOf(service.client(key), account)).posted).toBe('7.5');
  });

  it('refuses a data folder that is in use, says by whom and what to do, and does the other no harm', async () => {
    const second = await purser(['start'], { PORT: '0', PURSER_DATA_DIR: dataDir });
    expect(second).toMatchObject({ code: 1, out: '' });
    for (const named of [dataDir, `process ${service.run.pid}`, service.url, 'PURSER_DATA_DIR']) {
      expect(second.err).toContain(named);
    }
    expect(second.err).not.toMatch(noStack);
    expect((await balanceOf(service.client(key), account)).posted).toBe('7.5');
  });

  it('ends with 0 at SIGTERM, and leaves no process behind', async () => {
    expect(await processesOn(dataDir)).not.toEqual([]);
    const { code, out, err } = await service.end('SIGTERM');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/\nready on .+\nstopping: .+\n$/);
    expect(await processesOn(dataDir)).toEqual([]);
  });

  it('has the data at the next start, takes the key again and does not print it', async () => {
    service = await startService(dataDir);
    expect((await balanceOf(service.client(key), account)).posted).toBe('7.5');
    expect(service.run.out).toMatch(/^admin key \(live\): set at first start \(PURSER_ADMIN_KEY replaces it\)$/m);
    expect(service.run.out).not.toContain('pur_');
  });

  it('starts at once after a kill -9, with everything that was answered', async () => {
    await charge(service.client(key), account, '0.000000000001');
    await service.end('SIGKILL');
    service = await startService(dataDir);
    expect((await balanceOf(service.client(key), account)).posted).toBe('7.499999999999');
    expect(service.run.err).toBe('');
  });

  it('leaves no process behind after a kill -9 either', async () => {
    await service.end('SIGKILL');
    await eventually('Postgres ends too', async () => (await processesOn(dataDir)).length === 0);
  });

  it('logs each request to standard error where asked to, one JSON object per line, and no key anywhere', async () => {
    const keys = {
      PURSER_ADMIN_KEY: 'an-admin-key-of-the-operators-own',
      PURSER_TEST_ADMIN_KEY: 'pur_test_an-admin-key-of-ours',
    };
    service = await startService(dataDir, { ...keys, PURSER_LOG_LEVEL: 'debug', PURSER_DRAIN_SECONDS: '1' });
    const client = service.client(keys.PURSER_ADMIN_KEY);
    await openAccount(client, { credits: '1' });
    await client.get(`/v1/accounts?cursor=${keys.PURSER_ADMIN_KEY}`);
    await service.client(keys.PURSER_TEST_ADMIN_KEY).get(`/${keys.PURSER_TEST_ADMIN_KEY}`);
    await service.client('pur_live_a-key-that-nobody-has-made').get('/v1/accounts');

    const stopping = service.end('SIGTERM');
    await service.run.writes(/^stopping: /m);
    expect((await service.client(keys.PURSER_ADMIN_KEY).get('/health/ready')).body).toMatchObject({
      service: 'stopping',
    });
    const { code, out, err } = await stopping;
    expect(code).toBe(0);
    const lines = err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { message: string; status: number });
    expect(lines.map(({ message, status }) => [message, status])).toEqual(
      [201, 201, 400, 404, 401, 503].map((status) => ['request', status]),
    );
    for (const key of [...Object.values(keys), 'a-key-that-nobody-has-made']) expect(out + err).not.toContain(key);
  });

  it('says which port is taken and how to choose another, and leaves no Postgres behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, out, err } = await purser(['start'], { PORT: String(port), PURSER_DATA_DIR: dataDir });
    other.close();
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken by another program\\..*PORT=\\d+`));
    expect(err).not.toMatch(noStack);
    expect(await processesOn(dataDir)).toEqual([]);
  });

  it('reports everything that is wrong with its configuration at once, without a stack', async () => {
    const { code, out, err } = await purser(['start'], {
      PORT: 'abc',
      PURSER_ADMIN_KEY: 'short',
      PURSER_DATA_DIR: dataDir,
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^ {2}PORT is 'abc' .*e\.g\. PORT=3000$/m);
    expect(err).toMatch(/^ {2}PURSER_ADMIN_KEY must be 24 or more .*$/m);
    expect(err).not.toContain('short');
    expect(err).not.toMatch(noStack);
  });
});
