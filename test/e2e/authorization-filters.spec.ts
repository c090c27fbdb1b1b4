import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectAuthorization, expectFaults } from '../support/expect-answer.ts';
import { openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import type { AuthorizationView } from '../support/views.ts';

let service: TestService;
let account: string;
/** By what they are about. */
const made: Record<string, AuthorizationView> = {};

beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.live, { credits: '1000' });
  const other = await openAccount(service.live, { credits: '1000' });
  const post = async (name: string, path: string, body: object): Promise<void> => {
    const answer = await service.live.post(`/v1/${path}`, body);
    made[name] = expectAuthorization(answer, answer.status);
    await sleep(3);
  };
  const chat = { event: 'chat.completed', model: 'gpt-5' };
  const image = { event: 'image.generated', model: 'painter-2', images: 1 };
  await post('chat', 'charges', { account, amount: '1', usage: chat, tags: { user: 'jo', team: 'red' } });
  await post('image', 'charges', { account, amount: '1', usage: image, tags: { user: 'jo' }, group: 'g1' });
  await post('open', 'authorizations', { account, amount: '1', usage: chat, tags: { user: 'al' }, group: 'g1' });
  await post('plain', 'charges', { account, amount: '1' });
  await post('switched', 'authorizations', { account, amount: '1', usage: chat });
  await post('switched', `authorizations/${id('switched')}/commit`, {
    amount: '1',
    usage: image,
    tags: { user: 'zoe' },
  });
  await post('elsewhere', 'charges', { account: other, amount: '1', usage: chat, tags: { user: 'jo' } });
});
afterAll(() => service.stop());

function id(name: string): string {
  return made[name]?.id ?? '';
}

async function found(query: string): Promise<(string | undefined)[]> {
  const ids = (await pagesOf(service.live, `/v1/authorizations?${query}`, 2)).flat();
  const names = new Map(Object.entries(made).map(([name, one]) => [one.id, name]));
  return ids.map((one) => names.get(one));
}

describe('authorizations', () => {
  it.each([
    ['model=gpt-5', ['elsewhere', 'switched', 'open', 'chat']],
    ['model=painter-2', ['switched', 'image']],
    ['event=image.generated&model=gpt-5', []],
    ['event=image.generated', ['switched', 'image']],
    ['tag.user=jo', ['elsewhere', 'image', 'chat']],
    ['tag.user=jo&tag.team=red', ['chat']],
    ['tag.user=zoe', ['switched']],
    ['group=g1', ['open', 'image']],
    ['group=g1&status=authorized', ['open']],
    ['model=gpt-5&order=asc', ['chat', 'open', 'switched', 'elsewhere']],
    ['order=asc', ['chat', 'image', 'open', 'plain', 'switched', 'elsewhere']],
  ])('with %s', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });

  it('of an account and a user', async () => {
    expect(await found(`account=${account}&tag.user=jo`)).toEqual(['image', 'chat']);
  });

  it('that were made from an instant on and before another', async () => {
    const [from, to] = [made['image']?.created_at, made['plain']?.created_at];
    expect(await found(`from=${from}&to=${to}`)).toEqual(['open', 'image']);
    expect(await found(`from=${to}`)).toEqual(['elsewhere', 'switched', 'plain']);
    expect(await found(`account=${account}&to=${from}`)).toEqual(['chat']);
  });

  it('of a test clock, by its time', async () => {
    const id = await openAccount(service.test, { credits: '10' });
    const first = expectAuthorization(await service.test.post('/v1/charges', { account: id, amount: '1' }), 201);
    await service.test.post('/v1/test-clock/advance', { seconds: 86_400 });
    const later = expectAuthorization(await service.test.post('/v1/charges', { account: id, amount: '1' }), 201);
    const of = async (query: string) => (await pagesOf(service.test, `/v1/authorizations?${query}`, 5)).flat();
    expect(await of(`from=${later.created_at}`)).toEqual([later.id]);
    expect(await of(`to=${later.created_at}&account=${id}`)).toEqual([first.id]);
  });

  it('that a key has asked for', async () => {
    const key = await service.live.post('/v1/api-keys', { name: 'worker', scopes: ['authorize'] });
    const { id: keyId, key: secret } = key.body as { readonly id: string; readonly key: string };
    const answer = await service.live.send({
      method: 'POST',
      path: '/v1/charges',
      payload: JSON.stringify({ account, amount: '1' }),
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    });
    const { id: charged } = expectAuthorization(answer, 201);
    const { body } = await service.live.get(`/v1/authorizations?key=${keyId}`);
    expect((body as { data: { id: string }[] }).data.map((one) => one.id)).toEqual([charged]);
  });

  it('that were declined are told where they are counted', async () => {
    const { body } = await service.live.get('/v1/authorizations?status=declined');
    expect(JSON.stringify(body)).toContain('GET /v1/declines');
    expectFaults(await service.live.get('/v1/authorizations?status=declined'), ['status']);
  });

  it.each(['order=up', 'key=x', 'model=', 'from=yesterday', 'format=pdf'])('refuse %s', async (query) => {
    expectFaults(await service.live.get(`/v1/authorizations?${query}`), [query.split('=')[0] ?? '']);
  });
});
