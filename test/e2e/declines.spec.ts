import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let poor: string;
let suspended: string;

interface Report {
  readonly time_zone: string;
  readonly total: number;
  readonly data: readonly { readonly bucket: string; readonly group: object; readonly requests: number }[];
}

beforeAll(async () => {
  service = await startTestService();
  poor = await openAccount(service.live, { credits: '10', time_zone: 'Asia/Kathmandu' });
  suspended = await openAccount(service.live, { credits: '10' });
  await service.live.post(`/v1/accounts/${suspended}/suspend`);
  const decline = (account: string, tags?: object): Promise<unknown> =>
    service.live.post('/v1/charges', { account, amount: '1000', tags });
  await decline(poor, { user: 'jo', team: 'red', request: 'r1' });
  await decline(poor, { user: 'jo', team: 'red', request: 'r2' });
  await decline(poor, { user: 'al' });
  await decline(poor);
  await decline(suspended, { user: 'jo' });
  const body = { account: poor, amount: '1000', tags: { user: 'once' } };
  for (let turn = 0; turn < 3; turn++) await service.live.post('/v1/charges', body, { key: 'the same' });
  const items = [
    { account: poor, amount: '1', tags: { user: 'batch' } },
    { account: poor, amount: '1000', tags: { user: 'batch' } },
    { account: poor, amount: '1000', tags: { user: 'batch' } },
  ];
  await service.live.post('/v1/charges/batch', { mode: 'independent', items });
  // Nobody is declined by these.
  await service.live.post('/v1/charges', { account: 'nobody', amount: '1' });
  await service.live.post('/v1/charges', { account: poor, amount: '1' });
});
afterAll(() => service.stop());

async function report(query: string, client: ApiClient = service.live): Promise<Report> {
  const answer = await client.get(`/v1/declines?${query}`);
  expect(answer.status).toBe(200);
  return answer.body as Report;
}

async function groups(query: string): Promise<(readonly [object, number])[]> {
  return (await report(query)).data.map(({ group, requests }) => [group, requests] as const);
}

describe('declined requests', () => {
  it('are counted by reason, each item of a batch, and a repeated request once', async () => {
    expect(await groups('bucket=month')).toEqual([
      [{ reason: 'insufficient_credits' }, 7],
      [{ reason: 'account_suspended' }, 1],
    ]);
    expect((await report('')).total).toBe(8);
  });

  it('are counted by tags and accounts', async () => {
    expect(await groups('bucket=month&group_by=tag.user&account=' + poor)).toEqual([
      [{ 'tag.user': 'batch' }, 2],
      [{ 'tag.user': 'jo' }, 2],
      [{ 'tag.user': 'al' }, 1],
      [{ 'tag.user': 'once' }, 1],
      [{ 'tag.user': '(none)' }, 1],
    ]);
    expect(await groups('bucket=month&group_by=account,tag.team&tag.user=jo')).toEqual([
      [{ account: poor, 'tag.team': 'red' }, 2],
      [{ account: suspended, 'tag.team': '(none)' }, 1],
    ]);
  });

  it('keep no tag that isn’t reported', async () => {
    const { rows } = await service.pool.query<{ names: string }>(
      `select distinct jsonb_object_keys(tags) as names from declined_requests order by 1`,
    );
    expect(rows.map(({ names }) => names)).toEqual(['team', 'user']);
  });

  it('are in buckets of the account’s time zone, or of the one that is asked for', async () => {
    const { time_zone, data } = await report(`account=${poor}&bucket=day`);
    expect(time_zone).toBe('Asia/Kathmandu');
    expect(data.map(({ bucket }) => bucket.slice(10))).toEqual(['T18:15:00.000Z']);
    expect((await report(`account=${poor}&bucket=day&time_zone=UTC`)).data[0]?.bucket).toContain('T00:00:00.000Z');
  });

  it('of a range are those in it', async () => {
    const hour = 3_600_000;
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
    expect((await report(`from=${at(-2 * hour)}&to=${at(-hour)}`)).total).toBe(0);
    expect((await report(`from=${at(-hour)}&to=${at(hour)}&reason=account_suspended`)).total).toBe(1);
  });

  it('are the same as a file', async () => {
    const { text } = await service.live.get('/v1/declines?format=csv&bucket=month');
    const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth())).toISOString();
    expect(text).toBe(
      ['bucket,reason,requests', `${month},insufficient_credits,7`, `${month},account_suspended,1`, ''].join('\r\n'),
    );
    const lines = (await service.live.get('/v1/declines?format=jsonl&group_by=account')).text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual((await report('group_by=account')).data);
  });

  it('of another account don’t exist for a key that is bound to one', async () => {
    const made = await service.live.post('/v1/api-keys', { name: 'bound', scopes: ['read'], account: suspended });
    const { key } = made.body as { readonly key: string };
    const headers = { authorization: `Bearer ${key}` };
    const own = await service.live.send({ method: 'GET', path: '/v1/declines', headers });
    expect((own.body as Report).total).toBe(1);
    const others = await service.live.send({ method: 'GET', path: `/v1/declines?account=${poor}`, headers });
    expectProblem(others, 404, 'account_not_found');
  });

  it('are refused a range of too many buckets, and what they aren’t grouped by', async () => {
    expectFaults(await service.live.get('/v1/declines?bucket=minute'), ['bucket']);
    expectFaults(await service.live.get('/v1/declines?group_by=model'), ['group_by']);
    expectFaults(await service.live.get('/v1/declines?reason=account_not_found'), ['reason']);
    expectFaults(await service.live.get('/v1/declines?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'), ['from']);
  });
});
