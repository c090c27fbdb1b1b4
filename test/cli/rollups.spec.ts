import { connect } from '#database';
import { expect, it } from '@jest/globals';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService } from '../support/test-service.ts';
import { purser } from './purser-run.ts';

it('purser rollups rebuild corrects the sums of some days, or of all', async () => {
  await using cleanUp = new AsyncDisposableStack();
  const service = cleanUp.adopt(await startTestService(), (one) => one.stop());
  const account = await openAccount(service.live, { credits: '100' });
  const usage = [{ event: 'chat', model: 'small', input_tokens: 3 }];
  expect((await service.live.post('/v1/charges', { account, amount: '2.5', usage })).status).toBe(201);
  const pool = cleanUp.adopt(connect(service.databaseUrl, { log: () => undefined }), (one) => one.end());
  // Somebody has deleted what was added up.
  await pool.query(`begin;
    insert into rollup_cursors select account_id, id_clock, '{user,feature,team}' from accounts
    on conflict (account_id) do update set stamp = excluded.stamp, tags = excluded.tags;
    delete from usage_slots; delete from environment_usage_slots; commit`);
  const credits = async (): Promise<object[]> =>
    (await pool.query<object>('select sum(paid)::float as paid from usage_slots')).rows;
  const environment = { DATABASE_URL: service.databaseUrl };
  const rebuild = (...options: string[]) => purser(['rollups', 'rebuild', ...options], environment);
  expect((await purser(['verify', '--rollups'], environment)).code).toBe(1);
  expect(await rebuild('--from', '2020-01-01', '--to', '2020-02-01')).toMatchObject({
    code: 0,
    out: 'rollups: 0 sums corrected, 1 accounts added up anew\n',
  });
  expect(await credits()).toEqual([{ paid: null }]);
  expect((await rebuild('--from', '2020-01-01')).out).toMatch(/^rollups: [1-9]\d* sums corrected, 1 accounts/);
  expect(await credits()).toEqual([{ paid: 2.5 }]);
  expect((await purser(['verify', '--rollups'], environment)).code).toBe(0);
  expect(await rebuild('--from', 'May')).toMatchObject({
    code: 1,
    err: expect.stringContaining('a day like 2026-03-01'),
  });
});
