import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reach } from '../support/clock.ts';
import { expectList, expectProblem } from '../support/expect-answer.ts';
import { authorize } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { authorizeUsage, chat, commit, found, openPricedAccount } from '../support/usage-steps.ts';
import type { AuthorizationView } from '../support/views.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const UNREADABLE = { object: 'chat.completion', model: 'gpt-5', usage: { prompt_tokens: 100, completion_tokens: -5 } };
const IMAGE = { event: 'image.generated', model: 'painter-2', images: 1 };

async function hold(
  terms: Readonly<Record<string, unknown>> = {},
  usage: unknown = chat(),
): Promise<AuthorizationView> {
  return authorizeUsage(service.live, await openPricedAccount(service.live), usage, terms);
}

async function unpricedEvents(account: string): Promise<unknown[]> {
  const { data } = expectList(await service.live.get(`/v1/events?account=${account}&type=usage.unpriced`));
  return (data as unknown as { data: unknown }[]).map((event) => event.data);
}

describe('settlement', () => {
  it('is estimated where the stream broke off: what was delivered is charged', async () => {
    const { id } = await hold();
    const committed = await commit(service.live, id, { usage: chat(600, 10), settlement: 'estimated' });
    expect(committed).toMatchObject({ committed: '0.0186', settlement: 'estimated' });
    expect(await found(service.live, id)).toMatchObject({ settlement: 'estimated' });
  });

  it('is unknown where nothing is known: the hold is charged', async () => {
    const { id } = await hold();
    const committed = await commit(service.live, id, { settlement: 'unknown' });
    expect(committed).toMatchObject({ committed: '0.027', held: '0', settlement: 'unknown' });
    expect(await found(service.live, id)).toMatchObject({ settlement: 'unknown' });
  });

  it.each([
    ['has no usage', { choices: [] }],
    ['isn’t an answer at all', 'upstream connect error'],
    ['is empty', {}],
    [
      'is a stream that broke off before its usage',
      [{ object: 'chat.completion.chunk', choices: [{ delta: { content: 'a' } }] }],
    ],
    ['has negative counts', { usage: { prompt_tokens: -5, completion_tokens: 'many' } }],
    ['counts some of it', UNREADABLE],
  ])('is unknown, and the hold charged, where a vendor’s answer %s', async (_, raw) => {
    const { id } = await hold();
    const committed = await commit(service.live, id, { usage: { vendor: 'openai', raw } });
    expect(committed).toMatchObject({ committed: '0.027', settlement: 'unknown' });
  });

  it('is asked for a count that can be read, as long as nothing has run', async () => {
    const account = await openPricedAccount(service.live);
    const usage = { vendor: 'openai', raw: UNREADABLE };
    const { id } = await hold();
    for (const answer of [
      await service.live.post('/v1/authorizations', { account, usage }),
      await service.live.post('/v1/charges', { account, usage }),
      await service.live.post('/v1/quotes', { account, usage: [usage] }),
      await service.live.post('/v1/usage/normalize', { usage }),
      await service.live.post(`/v1/authorizations/${id}/extend`, { usage }),
    ]) {
      const { errors } = expectProblem(answer, 400, 'invalid_request');
      expect(errors).toMatchObject([{ message: expect.stringMatching(/^output_tokens can’t be read/) }]);
    }
  });

  it('is unknown where one of several answers can’t be read, and costs at least what the others do', async () => {
    const unreadable = { vendor: 'openai', raw: { choices: [] } };
    const less = await hold();
    expect(await commit(service.live, less.id, { usage: [chat(100, 0), unreadable] })).toMatchObject({
      committed: '0.027',
      settlement: 'unknown',
    });
    const more = await hold();
    expect(await commit(service.live, more.id, { usage: [chat(1000, 100), unreadable] })).toMatchObject({
      committed: '0.036',
      settlement: 'unknown',
    });
  });

  it('takes of a part that a vendor says is beyond its whole only the whole', async () => {
    const { id } = await hold();
    const raw = { prompt_tokens: 100, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 400 } };
    const committed = await commit(service.live, id, {
      usage: { vendor: 'openai', raw, model: 'gpt-5', event: 'chat.completed' },
    });
    expect(committed).toMatchObject({ committed: '0.003', settlement: 'exact' });
    expect(committed.usage).toMatchObject([{ input_tokens: 100, cache_read_tokens: 100 }]);
  });
});

describe('usage without a price', () => {
  it('is charged what was held, and reported', async () => {
    const { id, account } = await hold();
    const committed = await commit(service.live, id, { usage: IMAGE });
    expect(committed).toMatchObject({ committed: '0.027', settlement: 'unpriced', amounts: [null], lines: [] });
    expect(await found(service.live, id)).toEqual(committed);
    expect(await unpricedEvents(account)).toMatchObject([
      { account, authorization: id, usage: [{ event: 'image.generated', model: 'painter-2' }], charged: '0.027' },
    ]);
  });

  it('is usage that states no quantity, unless an earlier step has stated one', async () => {
    const nothing = { event: 'chat.completed', model: 'gpt-5' };
    const { id, account } = await hold();
    expect(await commit(service.live, id, { usage: nothing })).toMatchObject({
      ...{ committed: '0.027', settlement: 'unpriced', amounts: [null], lines: [] },
    });
    expect(await unpricedEvents(account)).toMatchObject([{ authorization: id, usage: [nothing], charged: '0.027' }]);
    expectProblem(await service.live.post('/v1/charges', { account, usage: nothing }), 422, 'unpriced_usage');

    const zero = await hold();
    expect(await commit(service.live, zero.id, { usage: chat(0, 0) })).toMatchObject({
      ...{ committed: '0', settlement: 'exact' },
    });

    const steps = await hold();
    await commit(service.live, steps.id, { usage: chat(100, 0), final: false });
    expect(await commit(service.live, steps.id, { usage: nothing })).toMatchObject({
      ...{ committed: '0.003', settlement: 'exact' },
    });
  });

  it('beside other usage is charged what was held, or what the others cost where that is more', async () => {
    const less = await hold();
    expect(await commit(service.live, less.id, { usage: [chat(100, 0), IMAGE] })).toMatchObject({
      committed: '0.027',
      settlement: 'unpriced',
    });
    const more = await hold();
    expect(await commit(service.live, more.id, { usage: [IMAGE, chat(1000, 100)] })).toMatchObject({
      committed: '0.036',
      settlement: 'unpriced',
    });
  });

  it('of which only some has none is reported alone', async () => {
    const { id, account } = await hold();
    await commit(service.live, id, { usage: [chat(100, 0), IMAGE] });
    expect(await unpricedEvents(account)).toMatchObject([
      { usage: [{ event: 'image.generated', model: 'painter-2' }] },
    ]);
  });

  it('is charged what was held where it is late, too', async () => {
    const { id, expires_at } = await hold({ expires_in: 1 });
    await reach(expires_at);
    const committed = await commit(service.live, id, { usage: IMAGE });
    expect(committed).toMatchObject({ committed: '0.027', late: true, settlement: 'unpriced' });
  });

  it('in a part leaves the authorization unpriced', async () => {
    const { id } = await hold({}, chat(600, 1150));
    const first = await commit(service.live, id, { usage: IMAGE, final: false });
    expect(first).toMatchObject({ committed: '0.087', held: '0', settlement: 'unpriced' });
    const last = await commit(service.live, id, { usage: chat(600, 150) });
    expect(last).toMatchObject({ committed: '0.114', settlement: 'unpriced', amounts: ['0.027'] });
  });
});

describe('a late commit', () => {
  it('is by what was fixed when it was authorized, and charges what was used', async () => {
    const { id, expires_at } = await hold({ expires_in: 1 });
    await reach(expires_at);
    expect(await commit(service.live, id, { usage: chat(100, 50) })).toMatchObject({ committed: '0.006', late: true });
  });

  it('of nothing known charges what was held', async () => {
    const account = await openPricedAccount(service.live);
    const { id, expires_at } = await authorize(service.live, account, '3', { expires_in: 1 });
    await reach(expires_at);
    const body = { usage: { vendor: 'anthropic', raw: 'overloaded' } };
    expect(await commit(service.live, id, body)).toMatchObject({ committed: '3', settlement: 'unknown', late: true });
  });
});
