import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#database';
import type { ApiClient } from '../support/api-client.ts';
import { makeFolder } from '../cli/make-folder.ts';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load } from './load.ts';
import { PostgresUnderTest } from './postgres-under-test.ts';
import { rounds, slowRounds, TEST_MS_MAX } from './rounds.ts';
import { ServiceProcess } from './service-process.ts';

let dataDir: string;
let server: EmbeddedPostgres;
let postgres: PostgresUnderTest;
let services: ServiceProcess[];
beforeAll(async () => {
  dataDir = await makeFolder('one-of-two');
  server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  postgres = new PostgresUnderTest(dataDir);
  services = [await ServiceProcess.onDatabase(server.url), await ServiceProcess.onDatabase(server.url)];
}, 120_000);
afterAll(async () => {
  for (const service of services) await service.remove();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

/** How long a client waits before it asks the other process. */
const PATIENCE_MS = 1000;
/** A process that works is never idle in a transaction for so long. */
const IDLE_MS = 200;

function clients(): readonly ApiClient[] {
  return services.map(({ client }) => client);
}

/** Clients that take one process and then the other, also for the next try of a request. */
function loadOnBoth(patienceMs?: number): Load {
  let turn = 0;
  return Load.start(() => {
    turn += 1;
    const service = services[turn % services.length];
    if (!service) throw new Error('there is no service to ask');
    return service.client;
  }, patienceMs);
}

describe('one of two processes on one database', () => {
  it(
    'may be killed: the other goes on, finds what the first has done, and does nothing twice',
    async () => {
      await using load = loadOnBoth();
      for (let round = 0; round < rounds; round += 1) {
        await load.progress(300);
        const service = services[round % services.length];
        await service?.kill();
        await load.progress(300);
        await service?.restart();
      }
      await load.progress(300);
      await load.stop();
      expect(load.unanswered).toBeGreaterThan(0);
      await expectNothingLost(load, postgres, clients());
    },
    TEST_MS_MAX,
  );

  it(
    'may stand still while it has accounts locked: the other goes on when the database has let go of them',
    async () => {
      await using load = loadOnBoth(PATIENCE_MS);
      for (let round = 0; round < slowRounds; round += 1) {
        await load.progress(300);
        const pid = services[round % services.length]?.pid;
        if (pid === undefined) throw new Error('there is no service to stop');
        await stopInTransaction(pid);
        try {
          await load.progress(300);
        } finally {
          process.kill(pid, 'SIGCONT');
        }
      }
      // Meanwhile it does what it was asked before it stood still, though the clients have long asked the other.
      await load.progress(300);
      await load.stop();
      expect(load.unanswered).toBeGreaterThan(0);
      await expectNothingLost(load, postgres, clients());
    },
    TEST_MS_MAX,
  );
});

/** Stops a process when it has just locked accounts and hasn't written yet. */
async function stopInTransaction(pid: number): Promise<void> {
  for (;;) {
    process.kill(pid, 'SIGSTOP');
    await sleep(IDLE_MS);
    const idle = await postgres.query(
      `select from pg_stat_activity where application_name = 'purser' and state = 'idle in transaction'
         and clock_timestamp() - state_change > interval '${String(IDLE_MS / 2)} ms'`,
    );
    if (idle.length > 0) return;
    process.kill(pid, 'SIGCONT');
    await sleep(IDLE_MS);
  }
}
