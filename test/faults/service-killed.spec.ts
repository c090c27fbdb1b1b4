import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load } from './load.ts';
import { rounds, TEST_MS_MAX } from './rounds.ts';
import { ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.onNewData();
}, 120_000);
afterAll(() => service.remove(), 60_000);

describe('a service that is killed in the middle of its work', () => {
  it(
    'loses no answer and does nothing twice, when it is started again on the same data',
    async () => {
      await using load = Load.start(() => service.client);
      for (let round = 0; round < rounds; round += 1) {
        await load.progress(300);
        await service.kill();
        await service.restart();
      }
      await load.progress(300);
      await load.stop();
      expect(load.unanswered).toBeGreaterThan(0);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );
});
