import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { charge, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const REPORTS = [
  'credit-rollforward',
  'deferred-revenue',
  'revenue-waterfall',
  'breakage',
  'debt-ageing',
  'journal',
  'trial-balance',
];

it('are answered as they were when their month was closed, byte for byte, until it is reopened', async () => {
  const { test, pool } = service;
  const account = await openAccount(test, { credits: '100' });
  await charge(test, account, '7');
  const period = new Date().toISOString().slice(0, 7);
  await test.post('/v1/test-clock/advance', { seconds: 32 * 86_400 });
  const paths = REPORTS.flatMap((name) =>
    ['json', 'csv'].map((format) => `/v1/reports/${name}?period=${period}&format=${format}`),
  );
  const texts = () => Promise.all(paths.map(async (path) => (await test.get(path)).text));
  const before = await texts();
  const closed = await test.post(`/v1/periods/${period}/close`);
  expect(closed).toMatchObject({ status: 200, body: { status: 'closed' } });
  const kept = await texts();
  const withoutTime = (text: string) => text.replace(/"as_of":"[^"]*"/, '');
  expect(kept.map(withoutTime)).toEqual(before.map(withoutTime));
  await pool.query(`update money_slots set credits = credits - 1, money = money - 1`);
  expect(await texts()).toEqual(kept);
  expect(await test.post(`/v1/periods/${period}/reopen`, { reason: 'a late invoice' })).toMatchObject({ status: 200 });
  expect(await texts()).not.toEqual(kept);
  await pool.query(`update money_slots set credits = credits + 1, money = money + 1`);
  await grantCredits(test, account, '1');
});
