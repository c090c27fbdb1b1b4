import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { RawClient } from '../support/raw-client.ts';
import { LIVE_KEY, startTestService, TEST_KEY, type TestService } from '../support/test-service.ts';

let service: TestService;
let streams: RawClient[] = [];
beforeEach(async () => {
  service = await startTestService();
});
afterEach(async () => {
  for (const stream of streams) stream.close();
  streams = [];
  await service.stop();
});

function openStreams(count: number, key: string, account: string): RawClient[] {
  const says = `GET /v1/accounts/${account}/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`;
  const opened = Array.from({ length: count }, () => new RawClient(service.url, { says }));
  streams.push(...opened);
  return opened;
}

const isOpen = ({ text }: RawClient): boolean => text.startsWith('HTTP/1.1 200 ');

/** Opens them a hundred at a time, which is fewer than are looked up at once. */
async function haveStreams(count: number, key: string, account: string): Promise<RawClient[]> {
  const opened: RawClient[] = [];
  while (opened.length < count) {
    const next = openStreams(Math.min(100, count - opened.length), key, account);
    await eventually('they are open', () => Promise.resolve(next.every(isOpen)));
    opened.push(...next);
  }
  return opened;
}

async function keyIn(client: ApiClient): Promise<string> {
  return (await makeKey(client, { scopes: ['read'] })).key;
}

/** What one more stream of this key is answered, of an account that isn't there where it isn't said. */
async function oneMore(key: string, account = 'nobody') {
  const client = new ApiClient(service.url, key);
  const answer = await client.get(`/v1/accounts/${account}/stream?wait=0`);
  await client.close();
  return answer;
}

describe('keys that are bound to one account', () => {
  it('open few streams together, however many keys there are, and leave all others their share', async () => {
    const account = await openAccount(service.live);
    const bound = async (): Promise<string> => (await makeKey(service.live, { scopes: ['read'], account })).key;
    const [one, another] = [await bound(), await bound()];
    await haveStreams(20, one, account);
    expect(expectProblem(await oneMore(another, account), 429, 'too_many_streams')).toMatchObject({ limit: 20 });
    expect((await oneMore(await keyIn(service.live), account)).status).toBe(200);
  });
});

describe('a caller', () => {
  it('opens no more than its share, and none that a look-up is made for; others still can', async () => {
    const [account, theirs] = [await openAccount(service.live), await openAccount(service.test)];
    const [greedy, other] = [await keyIn(service.live), await keyIn(service.live)];
    const first = await haveStreams(500, greedy, account);
    const refused = await oneMore(greedy);
    expect(expectProblem(refused, 429, 'too_many_streams')).toMatchObject({ limit: 500 });
    expect(refused.headers['retry-after']).toBe('5');
    expect((await oneMore(other, account)).status).toBe(200);

    await haveStreams(200, TEST_KEY, theirs);
    await haveStreams(50, await keyIn(service.test), theirs);
    for (const key of [TEST_KEY, await keyIn(service.test)])
      expect(expectProblem(await oneMore(key), 429, 'too_many_streams')).toMatchObject({ limit: 250 });
    expect((await oneMore(other, account)).status).toBe(200);

    await haveStreams(250, LIVE_KEY, account);
    expectProblem(await oneMore(other), 503, 'ledger_busy');
    for (const stream of first.slice(0, 10)) stream.close();
    for (const key of [greedy, other])
      await eventually('there is room', async () => (await oneMore(key, account)).status === 200);
  }, 120_000);

  it('opens a stream as it reads: not while too many reads are under way, and then without keeping others from reading', async () => {
    const account = await openAccount(service.live);
    const locking = await service.pool.connect();
    await locking.query('begin; lock table accounts in access exclusive mode');
    const opening = openStreams(450, LIVE_KEY, account);
    const refused = (): RawClient[] => opening.filter(({ text }) => text.startsWith('HTTP/1.1 503 '));
    await eventually('50 are refused', () => Promise.resolve(refused().length === 50));
    const answer = await oneMore(TEST_KEY);
    expectProblem(answer, 503, 'ledger_busy');
    expect(answer.headers['retry-after']).toBe('1');
    expectProblem(await service.test.get('/v1/accounts'), 503, 'ledger_busy');
    await locking.query('rollback');
    locking.release();
    await eventually('the others are open', () => Promise.resolve(opening.filter(isOpen).length === 400));
    expect((await service.live.get('/v1/accounts')).status).toBe(200);
    expect((await oneMore(TEST_KEY)).status).toBe(404);
  }, 60_000);
});
