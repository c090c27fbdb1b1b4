import { readConfig } from '#config';
import { migrateQueues } from '#queues';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startWorker, type RunningWorker } from '../../apps/worker/start-worker.ts';
import { eventually } from '../support/eventually.ts';
import { authorize, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const DAY = 24 * 60 * 60;

let service: TestService;
let worker: RunningWorker;
beforeAll(async () => {
  service = await startTestService();
  await migrateQueues(service.pool);
  const config = readConfig({ PURSER_EXPIRY_NOTICES: '3' });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  worker = await startWorker({ config, databaseUrl: service.databaseUrl, log });
});
afterAll(async () => {
  await worker.close();
  await service.stop();
});

it('Notices of expiries are given as many days ahead as the operator has set', async () => {
  const { test } = service;
  const account = await openAccount(test, { credits: '5' });
  const told = async (type: string): Promise<number> => {
    const { body } = await test.get(`/v1/events?account=${account}&type=${type}`);
    return (body as { data: unknown[] }).data.length;
  };
  await grantCredits(test, account, '10', { expires_at: new Date(Date.now() + 10 * DAY * 1000).toISOString() });
  await authorize(test, account, '1');
  await test.post('/v1/test-clock/advance', { seconds: 6 * DAY });
  await eventually('it is swept', async () => (await told('authorization.expired')) === 1);
  expect(await told('grant.expiring')).toBe(0);
  await test.post('/v1/test-clock/advance', { seconds: 2 * DAY });
  await eventually('it is told', async () => (await told('grant.expiring')) === 1);
});
