import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectFaults, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, balanceOf, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { chatPrices } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';
import { authorizeUsage, chat, chargeUsage, commit, found, openPricedAccount } from '../support/usage-steps.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const commitPath = (id: string): string => `/v1/authorizations/${id}/commit`;

/** What OpenAI answers, with 500 of 600 input tokens from its cache. */
const OPENAI = {
  vendor: 'openai',
  raw: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-5-2025-08-07',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: 600,
      completion_tokens: 100,
      total_tokens: 700,
      prompt_tokens_details: { cached_tokens: 500, audio_tokens: 0 },
    },
  },
};

describe('a commit by usage', () => {
  it('charges what really happened, line by line, and releases the rest', async () => {
    const account = await openPricedAccount(service.live);
    const hold = await authorizeUsage(service.live, account, chat(600, null), { max_output_tokens: 1000 });
    const committed = await commit(service.live, hold.id, { usage: chat(600, 150) });
    expect(committed).toMatchObject({ status: 'committed', held: '0', committed: '0.027', settlement: 'exact' });
    expect(committed).toMatchObject({ usage: [chat(600, 150)], amounts: ['0.027'], price: hold.price });
    const of = { event: 'chat.completed', model: 'gpt-5' };
    expect(committed.lines).toEqual([
      { ...of, component: 0, quantity: 'input_tokens', count: '600', rate: '0.03', amount: '0.018' },
      { ...of, component: 1, quantity: 'output_tokens', count: '150', rate: '0.06', amount: '0.009' },
    ]);
    expect(committed.balance).toMatchObject({ posted: '99.973', held: '0' });
    expect(await found(service.live, hold.id)).toEqual(committed);
    const [transfer] = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers?limit=1`));
    expect(transfer).toMatchObject({ kind: 'usage', amount: '0.027', authorization: hold.id });
  });

  it('has an amount for each of several usages', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    const committed = await commit(service.live, id, { usage: [chat(100, 0), chat(0, 50)] });
    expect(committed).toMatchObject({ committed: '0.006', amounts: ['0.003', '0.003'] });
    expect(committed.lines.map(({ quantity }) => quantity)).toEqual(['input_tokens', 'output_tokens']);
  });

  it('takes what a vendor answers as it comes', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account, chat(600, 150));
    const committed = await commit(service.live, id, { usage: OPENAI });
    expect(committed).toMatchObject({ committed: '0.024', settlement: 'exact' });
    expect(committed.usage).toMatchObject([
      {
        event: 'chat.completed',
        model: 'gpt-5-2025-08-07',
        input_tokens: 600,
        cache_read_tokens: 500,
        output_tokens: 100,
      },
    ]);
    const { rows } = await service.pool.query<{ raw: unknown }>(
      `select raw from usage_records where usage ->> 'model' = 'gpt-5-2025-08-07'`,
    );
    expect(JSON.stringify(rows)).toContain('"cached_tokens":500');
    expect(JSON.stringify(rows)).not.toContain('Hello.');
  });

  const answer = (usage: object, more: object = {}) => ({
    usage: { input_tokens: 1, output_tokens: 1, ...usage },
    ...more,
  });
  it.each<[string, object]>([
    [
      'service tier',
      chat(600, 100, { model: 'gpt-4o', provider: 'openai', properties: { service_tier: 'constructor' } }),
    ],
    ['tier', { vendor: 'openai', raw: answer({ total_tokens: 2 }, { model: 'gpt-4o', service_tier: 'a\0' }) }],
    ['vendor', { vendor: 'constructor', raw: answer({}) }],
    ['tools', { vendor: 'anthropic', raw: answer({ server_tool_use: { 'a\0_requests': 1, ['\ud800_requests']: 1 } }) }],
    [
      'times to live',
      { vendor: 'anthropic', raw: answer({ cache_creation: { ephemeral_constructor_input_tokens: 1 } }) },
    ],
    ['cost', { vendor: 'openrouter', raw: answer({ total_tokens: 2, cost: '9e99' }) }],
    ['iterations', { vendor: 'anthropic', raw: answer({ iterations: Array(200_000).fill({}) }) }],
  ])('doesn’t fail, whatever it says of its %s', async (_, usage) => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account, chat(600, 150));
    expect(await commit(service.live, id, { usage })).toMatchObject({ status: 'committed' });
  });

  it('charges more than was held as the overage policy says', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.05' });
    const { id } = await authorizeUsage(service.live, account);
    const committed = await commit(service.live, id, { usage: chat(600, 1150) });
    expect(committed).toMatchObject({ committed: '0.05', uncollected: '0.037', amounts: ['0.087'] });
  });

  it('declines what is beyond the hold only where the policy is to reject it', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.05' });
    const { id } = await authorizeUsage(service.live, account, chat(), { overage: 'reject' });
    const answer = await service.live.post(commitPath(id), { usage: chat(600, 1150) });
    expect(expectProblem(answer, 402, 'insufficient_credits')).toMatchObject({ required: '0.087', shortfall: '0.037' });
    expect(await commit(service.live, id, { usage: chat() })).toMatchObject({ committed: '0.027' });
  });

  it('by an amount beside it isn’t priced, but kept', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    const committed = await commit(service.live, id, { usage: chat(), amount: '0.5' });
    expect(committed).toMatchObject({ committed: '0.5', usage: [chat()], amounts: [null], lines: [] });
    expect(await found(service.live, id)).toEqual(committed);
  });

  it('on an account without a rate card needs an amount, or charges the hold as unpriced', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const priced = await authorize(service.live, account, '2', { usage: chat() });
    expect(await commit(service.live, priced.id, { usage: chat(), amount: '1' })).toMatchObject({ committed: '1' });
    const { id } = await authorize(service.live, account, '2', { usage: chat() });
    const committed = await commit(service.live, id, { usage: chat() });
    expect(committed).toMatchObject({ committed: '2', settlement: 'unpriced', price: null });
  });

  it('of nothing costs nothing', async () => {
    const account = await openPricedAccount(service.live, { credits: '0.027' });
    const { id } = await authorizeUsage(service.live, account);
    const committed = await commit(service.live, id, { usage: chat(0, 0) });
    expect(committed).toMatchObject({ committed: '0', settlement: 'exact', amounts: ['0'], usage: [chat(0, 0)] });
    const free = await chargeUsage(service.live, account, chat(0, 0));
    expect(free).toMatchObject({ status: 'committed', committed: '0', usage: [chat(0, 0)], amounts: ['0'] });
    expect(await found(service.live, free.id)).toEqual(free);
  });

  it('by another model is charged by that model’s price, from the grants of the model that was authorized', async () => {
    const prices = [
      ...chatPrices('0.03', '0.06').map((price) => ({ ...price, match: { model: 'gpt-5' } })),
      ...chatPrices('0.3', '0.6').map((price) => ({ ...price, match: { model: 'gpt-5-pro' } })),
    ];
    const account = await openPricedAccount(service.live, { prices, credits: null });
    const scoped = await grantCredits(service.live, account, '1', { scope: { models: ['gpt-5'] }, priority: 1 });
    const other = await grantCredits(service.live, account, '1', { scope: { models: ['gpt-5-pro'] }, priority: 0 });
    const { id } = await authorizeUsage(service.live, account);
    const committed = await commit(service.live, id, { usage: { ...chat(), model: 'gpt-5-pro' } });
    expect(committed).toMatchObject({ committed: '0.27', uncollected: '0' });
    expect((await service.live.get(`/v1/grants/${scoped.id}`)).body).toMatchObject({ remaining: '0.73' });
    expect((await service.live.get(`/v1/grants/${other.id}`)).body).toMatchObject({ remaining: '1' });
  });

  it('takes the properties of what was used, and the tags of what was authorized, for the price', async () => {
    const multipliers = [
      { match: { batch: true }, by: '0.5' },
      { match: { team: 'research' }, by: '0.1' },
    ];
    const prices = chatPrices('0.03', '0.06').map((price) => ({ ...price, multipliers }));
    const account = await openPricedAccount(service.live, { prices });
    const { id } = await authorizeUsage(service.live, account);
    const usage = chat(600, 150, { properties: { batch: true } });
    const committed = await commit(service.live, id, { usage, tags: { team: 'research' } });
    expect(committed).toMatchObject({ committed: '0.0135', tags: { team: 'research' } });
    const tagged = await authorizeUsage(service.live, account, usage, { tags: { team: 'research' } });
    expect(tagged).toMatchObject({ amount: '0.00135' });
  });
});

describe('the same commit again', () => {
  it('is answered as the first, without a key, where it states the same usage', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    const first = await commit(service.live, id, { usage: chat(500, 100) });
    const { event, ...fields } = chat(500, 100);
    expect(await commit(service.live, id, { usage: { ...fields, event } })).toEqual(first);
    for (const body of [{ usage: chat(500, 101) }, { usage: [chat(500, 100), chat(1, 0)] }, { amount: '0.021' }, {}])
      expectProblem(await service.live.post(commitPath(id), body), 409, 'authorization_committed');
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '99.979' });
  });

  it('is known by its amount where a part before it stated usage', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account, chat(600, 1150));
    await commit(service.live, id, { usage: chat(500, 100), final: false });
    const last = await commit(service.live, id, { amount: '0.01' });
    expect(last).toMatchObject({ committed: '0.031' });
    expect(await commit(service.live, id, { amount: '0.01' })).toMatchObject({ committed: '0.031' });
    expectProblem(await service.live.post(commitPath(id), { usage: chat(500, 100) }), 409, 'authorization_committed');
  });

  it('is known where what a vendor answered said nothing', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    const body = { usage: { vendor: 'openai', raw: { choices: [] } } };
    const first = await commit(service.live, id, body);
    expect(first).toMatchObject({ committed: '0.027', settlement: 'unknown' });
    expect(await commit(service.live, id, body)).toEqual(first);
  });
});

describe('what a commit adds', () => {
  it('are tags and metadata, which stay what they were where they were given before', async () => {
    const account = await openPricedAccount(service.live);
    const terms = { tags: { user: 'ada' }, metadata: { trace: 't-1' } };
    const { id } = await authorizeUsage(service.live, account, chat(), terms);
    const part = { amount: '0.001', final: false, tags: { feature: 'chat' }, metadata: { step: 1 } };
    expect(await commit(service.live, id, part)).toMatchObject({ tags: { user: 'ada', feature: 'chat' } });
    for (const tags of [{ user: 'bob' }, { feature: 'image' }]) {
      const answer = await service.live.post(commitPath(id), { usage: chat(), tags });
      expect(expectProblem(answer, 409, 'tag_conflict')).toMatchObject({ tag: Object.keys(tags)[0] });
    }
    const last = await commit(service.live, id, {
      usage: chat(),
      tags: { user: 'ada', city: 'Ulm' },
      metadata: { step: 2 },
    });
    expect(last).toMatchObject({
      tags: { user: 'ada', feature: 'chat', city: 'Ulm' },
      metadata: { trace: 't-1', step: 2 },
    });
    expect(await found(service.live, id)).toMatchObject({ tags: last.tags, metadata: last.metadata });
  });

  it('choose no grant', async () => {
    const account = await openPricedAccount(service.live, { credits: null });
    await grantCredits(service.live, account, '0.027');
    const scoped = await grantCredits(service.live, account, '1', { scope: { tags: { team: 'research' } } });
    const { id } = await authorizeUsage(service.live, account);
    const committed = await commit(service.live, id, { usage: chat(600, 250), tags: { team: 'research' } });
    expect(committed).toMatchObject({ committed: '0.027', uncollected: '0.006' });
    expect((await service.live.get(`/v1/grants/${scoped.id}`)).body).toMatchObject({ remaining: '1' });
  });
});

describe('a commit’s usage in our own vocabulary', () => {
  it('must make sense', async () => {
    const account = await openPricedAccount(service.live);
    const { id } = await authorizeUsage(service.live, account);
    const wrong = [chat(600, 150, { cache_read_tokens: 700 }), { event: 'chat.completed', input_tokens: -1 }, [], 'x'];
    for (const usage of wrong) expectFaults(await service.live.post(commitPath(id), { usage }), ['usage']);
    expectFaults(await service.live.post(commitPath(id), { usage: chat(), settlement: 'unpriced' }), ['settlement']);
  });
});
