import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load } from './load.ts';
import type { PostgresUnderTest } from './postgres-under-test.ts';
import { rounds, TEST_MS_MAX } from './rounds.ts';
import { ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.onNewData();
}, 120_000);
afterAll(() => service.remove(), 60_000);

/** A Postgres that ends by itself more often than that within a minute is given up, and the service with it. */
const KILLS_IN_A_ROW_MAX = 5;

async function killAllOfIt(postgres: PostgresUnderTest): Promise<void> {
  process.kill(await postgres.pid(), 'SIGKILL');
}

/** Whereupon Postgres ends all sessions and recovers. */
async function killOneBackend(postgres: PostgresUnderTest): Promise<void> {
  const [row] = await postgres.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'purser' order by state = 'active' desc limit 1`,
  );
  if (!row) throw new Error('the service has no session');
  process.kill(row.pid, 'SIGKILL');
}

describe('a service whose Postgres is killed under load', () => {
  it.each([
    ['the whole of it', Math.min(rounds, KILLS_IN_A_ROW_MAX), killAllOfIt],
    ['one of its processes', rounds, killOneBackend],
  ])(
    'goes on when it is back, loses no answer and does nothing twice: %s',
    async (_, kills, kill) => {
      const earlier = await service.postgres.recoveries();
      await using load = Load.start(() => service.client);
      for (let round = 0; round < kills; round += 1) {
        await load.progress(300);
        await kill(service.postgres);
      }
      await load.progress(300);
      await load.stop();
      // Back within the half second for which the engine repeats a batch, it may have cost no request an answer.
      expect(await service.postgres.recoveries()).toBe(earlier + kills);
      expect(load.unanswered).toBe(0);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );
});
