import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load } from './load.ts';
import { charge, grantCredits, openAccount, type Request } from './requests.ts';
import { rounds, TEST_MS_MAX } from './rounds.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.onNewData();
}, 120_000);
afterAll(() => service.remove(), 60_000);

/**
 * What Postgres says when a table can't grow. That is what is simulated, word for word, by a trigger: a real small disk
 * needs rights that not everybody has who runs this. A full disk under the log is another thing: there Postgres ends as if
 * killed, see postgres-killed.spec.ts.
 */
const FILL = `
  create function disk_full() returns trigger language plpgsql as $$
    begin
      raise exception 'could not extend file "base/5/16384": No space left on device' using errcode = 'disk_full';
    end $$;
  create trigger disk_full before insert on transfers for each statement execute function disk_full()`;
const FREE = 'drop trigger disk_full on transfers; drop function disk_full';

describe('a service under load whose Postgres finds no room on its disk', () => {
  it(
    'refuses what would have to be written with 503, and loses nothing and does nothing twice when there is room again',
    async () => {
      await using load = Load.start(() => service.client);
      for (let round = 0; round < rounds; round += 1) {
        await load.progress(200);
        await service.postgres.query(FILL);
        const from = load.tries.length;
        await load.until('many requests are refused', () => load.refused(from).length >= 100);
        await service.postgres.query(FREE);
      }
      await load.progress(200);
      await load.stop();
      expect(load.unanswered).toBe(0);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );

  it('isn’t ready from the first charge that can’t be written, and is ready by itself when there is room again', async () => {
    const post = async ({ path, body }: Request): Promise<number> => (await service.client.post(path, body)).status;
    const ready = async () => (await service.client.get('/health/ready')).status;
    await post(openAccount('careful'));
    await post(grantCredits('careful', '10'));
    expect(await ready()).toBe(200);
    await service.postgres.query(FILL);
    expect(await post(charge({ account: 'careful', amount: '1' }))).toBe(503);
    const { status, body } = await service.client.get('/health/ready');
    expect(status).toBe(503);
    expect(body).toEqual({ status: 'unavailable', service: 'ok', database: 'unwritable', migrations: 'ok' });
    expect(await ready()).toBe(503);
    await service.postgres.query(FREE);
    await eventually('it is ready', async () => (await ready()) === 200);
    expect(await service.postgres.query(`select from transfers where account_id < 0 limit 1`)).toEqual([]);
    expect(await post(charge({ account: 'careful', amount: '1' }))).toBe(201);
    await service.postgres.mustHaveCleanBooks();
  });
});
