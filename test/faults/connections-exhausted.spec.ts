import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
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

/** What a client waits for its 503 at most: the engine repeats a batch for half a second. */
const REFUSAL_MS_MAX = 5000;

const TOO_MANY_CONNECTIONS = '53300';
/** Asked for at once, so that the service, which asks as well, doesn't get what has just become free. */
const AT_ONCE = 16;

/** Somebody who opens connections and never lets go of one. */
class ConnectionHog {
  private readonly taken: pg.Client[] = [];

  constructor(private readonly postgres: PostgresUnderTest) {}

  /** Takes every connection that is free. */
  async takeFree(): Promise<void> {
    while ((await Promise.all(Array.from({ length: AT_ONCE }, () => this.takeOne()))).some((got) => got));
  }

  /** Takes the service's connections as well. */
  async takeAll(): Promise<void> {
    while (await this.terminateSome()) await this.takeFree();
  }

  async letGo(): Promise<void> {
    await Promise.all(this.taken.splice(0).map((client) => client.end()));
  }

  private async takeOne(): Promise<boolean> {
    try {
      this.taken.push(await this.postgres.session());
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === TOO_MANY_CONNECTIONS) return false;
      throw error;
    }
  }

  /** Also sessions that are only starting. @returns whether the service had any */
  private async terminateSome(): Promise<boolean> {
    const result = await this.taken[0]?.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where backend_type = 'client backend' and application_name is distinct from current_setting('application_name')`,
    );
    return result?.rowCount !== 0;
  }
}

describe('a service whose Postgres has no connection left', () => {
  it(
    'goes on with those it has; without any it says so at once, and works again when there are some',
    async () => {
      await using load = Load.start(() => service.client);
      for (let round = 0; round < rounds; round += 1) {
        await load.progress(200);
        const hog = new ConnectionHog(service.postgres);
        try {
          await hog.takeFree();
          await load.progress(100);

          await hog.takeAll();
          const from = load.tries.length;
          await load.until('many requests are refused', () => load.refused(from).length >= 100);
          expect((await service.client.get('/health/live')).status).toBe(200);
          // A connection may slip in where the hog has made room.
          while ((await service.client.get('/health/ready')).status !== 503) await hog.takeAll();
          expect(Math.max(...load.refused(from).map(({ ms }) => ms))).toBeLessThan(REFUSAL_MS_MAX);
        } finally {
          await hog.letGo();
        }
      }
      await load.progress(200);
      expect((await service.client.get('/health/ready')).status).toBe(200);
      await load.stop();
      expect(load.unanswered).toBe(0);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );
});
