import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load } from './load.ts';
import { rounds, TEST_MS_MAX } from './rounds.ts';
import { ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.onNewData();
}, 120_000);
afterAll(() => service.remove(), 60_000);

const TIMES = 5 * rounds;

/** Terminates sessions of the service. @returns how many */
async function terminate(administrator: pg.Client, which: string): Promise<number> {
  const { rowCount } = await administrator.query(
    `select pg_terminate_backend(pid) from
       (select pid from pg_stat_activity where application_name = 'purser' and ${which}) sessions`,
  );
  return rowCount ?? 0;
}

describe('a service whose database sessions are terminated under load', () => {
  it.each([
    [
      'one that works',
      `pid = (select pid from pg_stat_activity where state = 'active' and application_name = 'purser' limit 1)`,
    ],
    ['all at once', 'true'],
    ['whichever is committing', `state = 'active' and query = 'commit'`],
    ['whichever waits for its commit to be on disk', `wait_event = 'WalSync'`],
  ])(
    'loses no answer, does nothing twice and leaves nobody without an answer: %s, again and again',
    async (_, which) => {
      const administrator = await service.postgres.session();
      await using load = Load.start(() => service.client);
      for (let time = 0; time < TIMES; time += 1) {
        await load.progress(40);
        while ((await terminate(administrator, which)) === 0);
      }
      await load.progress(100);
      await load.stop();
      await administrator.end();
      expect(load.unanswered).toBe(0);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );
});
