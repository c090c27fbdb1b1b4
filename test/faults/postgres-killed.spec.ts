import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load } from './load.ts';
import { ServiceProcess } from './service-process.ts';

let dataDir: string;
let service: ServiceProcess;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-postgres-killed-'));
  service = new ServiceProcess(dataDir);
  await service.start();
}, 120_000);
afterEach(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

describe('a service whose Postgres is killed under load', () => {
  it.each([
    ['the whole of it', () => service.killPostgres()],
    ['one of its processes', () => service.killBackend()],
  ])(
    'goes on when it is back, loses no answer and does nothing twice: %s',
    async (_, kill) => {
      const load = Load.start(() => service.client);
      for (let round = 0; round < 2; round += 1) {
        await load.progress(300);
        await kill();
      }
      await load.progress(300);
      await load.stop();
      // Back within the half second for which the engine repeats a batch, it may have cost no request an answer.
      expect(await service.recoveries()).toBe(2);
      await expectNothingLost(service, load);
    },
    120_000,
  );
});
