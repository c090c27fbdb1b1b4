import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load } from './load.ts';
import { ServiceProcess } from './service-process.ts';

let dataDir: string;
let service: ServiceProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-killed-'));
  service = new ServiceProcess(dataDir);
  await service.start();
}, 120_000);
afterAll(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

describe('a service that is killed in the middle of its work', () => {
  it('loses no answer and does nothing twice, when it is started again on the same data', async () => {
    const load = Load.start(() => service.client);
    for (let kill = 0; kill < 3; kill += 1) {
      await load.progress(300);
      await service.kill();
      await service.start();
    }
    await load.progress(300);
    await load.stop();
    expect(load.failures).toBeGreaterThan(0);
    await expectNothingLost(service, load);
  }, 180_000);
});
