import { Amount, formatAmount } from '#amounts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let acme: string;
let other: string;

interface Row {
  readonly bucket: string;
  readonly group: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly credits: Readonly<Record<'paid' | 'promotional' | 'included' | 'debt', string>>;
  readonly quantities: Readonly<Record<string, string>> | null;
  readonly refunded: string;
  readonly revenue?: string;
}

interface Report {
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly currency?: string;
  readonly data: readonly Row[];
  readonly total: Omit<Row, 'bucket' | 'group'>;
}

const GPT = { event: 'chat.completed', model: 'gpt-5', input_tokens: 100 };
const PAINTER = { event: 'image.generated', model: 'painter-2', images: 2 };

beforeAll(async () => {
  service = await startTestService();
  acme = await openAccount(service.live, { time_zone: 'Asia/Kathmandu' });
  other = await openAccount(service.live, { credits: '100' });
  const grant = { amount: '1000', category: 'paid', amount_paid: '10', currency: 'USD' };
  expect((await service.live.post(`/v1/accounts/${acme}/grants`, grant)).status).toBe(201);
  const charge = (account: string, amount: string, usage: object, tags: object): Promise<unknown> =>
    service.live.post('/v1/charges', { account, amount, usage, tags });
  await charge(acme, '10', GPT, { user: 'jo', team: 'red', region: 'eu' });
  await charge(acme, '20', GPT, { user: 'al', team: 'red' });
  await charge(acme, '5', PAINTER, { user: 'jo' });
  await charge(acme, '1', PAINTER, {});
  await charge(other, '3', GPT, { user: 'jo' });
  const { id } = await authorize(service.live, acme, '8', { usage: GPT, tags: { user: 'al' } });
  await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '8', usage: GPT });
  await service.live.post(`/v1/authorizations/${id}/refund`, { amount: '2' });
});
afterAll(() => service.stop());

async function report(query: string, client: ApiClient = service.live): Promise<Report> {
  const { status, body } = await client.get(`/v1/usage?${query}`);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body as Report;
}

function creditsOf({ credits }: Pick<Row, 'credits'>): string {
  return formatAmount(Object.values(credits).reduce((sum, one) => sum.plus(one), new Amount(0)));
}

/** Requests and credits, by group. */
async function rows(query: string): Promise<(readonly [string, number, string])[]> {
  const { data } = await report(`bucket=month&${query}`);
  return data.map((row) => [Object.values(row.group).join('/'), row.requests, creditsOf(row)]);
}

describe('usage', () => {
  it('adds up by model, event and account', async () => {
    expect(await rows('group_by=model')).toEqual([
      ['gpt-5', 4, '39'],
      ['painter-2', 2, '6'],
    ]);
    expect(await rows(`group_by=event&account=${acme}`)).toEqual([
      ['chat.completed', 3, '36'],
      ['image.generated', 2, '6'],
    ]);
    expect(await rows('group_by=account')).toEqual([
      [acme, 5, '42'],
      [other, 1, '3'],
    ]);
    expect(await rows('model=painter-2&group_by=model,account')).toEqual([[`painter-2/${acme}`, 2, '6']]);
  });

  it('has quantities, money and a total', async () => {
    const { data, total, currency } = await report(`bucket=month&group_by=model&account=${acme}`);
    expect(data).toMatchObject([
      { quantities: { input_tokens: '300' }, revenue: '0.36', refunded: '2', cost: '0.000375', margin: '0.359625' },
      { quantities: { images: '4' }, revenue: '0.06', refunded: '0' },
    ]);
    expect(total).toMatchObject({ requests: 5, revenue: '0.42', quantities: { images: '4', input_tokens: '300' } });
    expect(currency).toBe('USD');
  });

  it('adds up by a tag, and each tag makes the whole', async () => {
    expect(await rows('group_by=tag.user')).toEqual([
      ['al', 2, '26'],
      ['jo', 3, '18'],
      ['(none)', 1, '1'],
    ]);
    for (const tag of ['user', 'team', 'feature']) {
      const { total } = await report(`bucket=month&group_by=tag.${tag}`);
      expect([total.requests, creditsOf(total)]).toEqual([6, '45']);
    }
    expect(await rows('tag.user=jo&group_by=account')).toEqual([
      [acme, 2, '15'],
      [other, 1, '3'],
    ]);
  });

  it('crosses tags with whatever else, and knows tags that aren’t reported', async () => {
    expect(await rows('group_by=tag.user,model')).toEqual([
      ['al/gpt-5', 2, '26'],
      ['jo/gpt-5', 2, '13'],
      ['jo/painter-2', 1, '5'],
      ['(none)/painter-2', 1, '1'],
    ]);
    expect(await rows('group_by=tag.team,tag.user&model=gpt-5')).toEqual([
      ['red/al', 1, '20'],
      ['red/jo', 1, '10'],
      ['(none)/al', 1, '6'],
      ['(none)/jo', 1, '3'],
    ]);
    expect(await rows('group_by=tag.region')).toEqual([
      ['(none)', 5, '35'],
      ['eu', 1, '10'],
    ]);
    const { data } = await report(`bucket=month&group_by=model&tag.user=jo&account=${acme}`);
    expect(data).toMatchObject([
      { group: { model: 'gpt-5' }, quantities: { input_tokens: '100' }, revenue: '0.1' },
      { group: { model: 'painter-2' }, quantities: { images: '2' }, revenue: '0.05' },
    ]);
  });

  it('of crossed tags adds up to what is rolled up', async () => {
    const whole = (await report('bucket=day')).total;
    const crossed = (await report('bucket=day&group_by=model,tag.user,tag.team,key')).total;
    expect(crossed).toEqual(whole);
  });

  it('shows the top groups by a metric, and all others as one', async () => {
    expect(await rows('group_by=tag.user&top=1&metric=requests')).toEqual([
      ['jo', 3, '18'],
      ['(other)', 3, '27'],
    ]);
    const csv = async (query: string) => (await service.live.get(`/v1/usage?bucket=month&format=csv&${query}`)).text;
    const [head, first, second] = (await csv('group_by=tag.user&top=1&metric=requests')).split('\r\n');
    expect(head?.split(',').slice(0, 4)).toEqual(['bucket', 'tag.user', 'unit', 'requests']);
    expect([first, second].map((line) => line?.split(',').slice(1, 4))).toEqual([
      ['jo', 'credits', '3'],
      ['(other)', 'credits', '3'],
    ]);
  });

  it('is in buckets of the account’s zone, which are the hours that add up to its days', async () => {
    const { time_zone, data } = await report(`account=${acme}&bucket=day`);
    expect(time_zone).toBe('Asia/Kathmandu');
    expect(data.map(({ bucket }) => bucket.slice(10))).toEqual(data.map(() => 'T18:15:00.000Z'));
    const hours = await report(`account=${acme}&bucket=hour`);
    expect(hours.data.map(({ bucket }) => bucket.slice(14))).toEqual(hours.data.map(() => '15:00.000Z'));
    expect(hours.total).toEqual((await report(`account=${acme}&bucket=day`)).total);
    const utc = await report(`account=${acme}&bucket=day&time_zone=UTC`);
    expect(utc.data[0]?.bucket).toContain('T00:00:00.000Z');
  });

  it('of a range is what took effect in it', async () => {
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
    expect((await report(`from=${at(-7_200_000)}&to=${at(-3_600_000)}`)).total.requests).toBe(0);
    expect((await report(`from=${at(-3_600_000)}&to=${at(3_600_000)}`)).total.requests).toBe(6);
    const { body } = await service.live.get(`/v1/authorizations?account=${acme}&order=asc&limit=2`);
    const [first, second] = (body as { data: { created_at: string }[] }).data.map((one) => one.created_at);
    const query = `account=${acme}&from=${first ?? ''}&to=${second ?? ''}`;
    for (const group of ['model', 'tag.user', 'tag.user,model']) {
      const { from, to, data } = await report(`${query}&group_by=${group}`);
      expect([from, to]).toEqual([first, second]);
      expect(data.map((row) => [row.requests, creditsOf(row), row.revenue])).toEqual([[1, '10', '0.1']]);
    }
    const { total } = await report(`account=${acme}&from=${second ?? ''}`);
    expect([total.requests, creditsOf(total)]).toEqual([4, '32']);
  });

  it('is the same as a file', async () => {
    const { text } = await service.live.get('/v1/usage?group_by=model&format=jsonl');
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual((await report('group_by=model')).data);
  });

  it('shows a key that is bound to an account its own, and no money', async () => {
    const made = await service.live.post('/v1/api-keys', { name: 'bound', scopes: ['read'], account: other });
    const { key } = made.body as { readonly key: string };
    const get = (query: string) =>
      service.live.send({ method: 'GET', path: `/v1/usage?${query}`, headers: { authorization: `Bearer ${key}` } });
    const own = (await get('group_by=tag.user')).body as Report;
    expect(own.total.requests).toBe(1);
    expect(JSON.stringify(own)).not.toMatch(/revenue|cost|margin|currency/);
    expect((await get('group_by=tag.user&format=csv')).text).not.toMatch(/revenue|cost|margin/);
    expectFaults(await get('metric=revenue'), ['metric']);
    expectProblem(await get(`account=${acme}`), 404, 'account_not_found');
  });

  it('by key names keys', async () => {
    const { data } = await report('bucket=month&group_by=key');
    expect(data.map(({ group }) => group)).toEqual([{ key: expect.stringMatching(/^key_/) }]);
    expect(await rows(`group_by=model&key=${data[0]?.group['key'] ?? ''}`)).toHaveLength(2);
  });

  it.each(['group_by=colour', 'bucket=minute', 'top=0', 'metric=joy', 'time_zone=Mars', 'key=k'])(
    'refuses %s',
    async (query) => {
      expectFaults(await service.live.get(`/v1/usage?${query}`), [query.split('=')[0] ?? '']);
    },
  );
});
