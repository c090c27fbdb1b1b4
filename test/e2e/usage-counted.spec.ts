import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectAuthorization, expectFaults, expectProblem } from '../support/expect-answer.ts';
import { balanceOf, openAccount } from '../support/ledger-steps.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';
import {
  adjust,
  asking,
  authorizeUsage,
  chargeUsage,
  chat,
  commit,
  found,
  openPricedAccount,
} from '../support/usage-steps.ts';

let service: TestService;
let second: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  second = await service.startAnother();
});
afterAll(() => service.stop());

/** 10 000 tokens a month at 2, the rest at 1, for every thousand. */
const tiered = (dear = '0.002', cheap = '0.001') => [
  {
    event: 'chat.completed',
    components: [
      {
        quantity: 'output_tokens',
        pricing: 'graduated',
        counted: 'month',
        tiers: [
          { up_to: '10000', amount: dear },
          { up_to: null, amount: cheap },
        ],
      },
    ],
  },
];
/** 1 000 000 a month are included, then 0.04 for every thousand. */
const HYBRID = [
  {
    event: 'chat.completed',
    components: [{ quantity: 'output_tokens', per: '1000', amount: '0.04', included: '1000000', counted: 'month' }],
  },
];
const out = (tokens: number) => chat(0, tokens);

describe('a quantity that is counted over a month', () => {
  it('is charged as far as it is beyond what is included', async () => {
    const account = await openPricedAccount(service.live, { prices: HYBRID });
    expect(await chargeUsage(service.live, account, out(1_000_000))).toMatchObject({ committed: '0' });
    expect(await chargeUsage(service.live, account, out(250_000))).toMatchObject({ committed: '10' });
    const fresh = await openPricedAccount(service.live, { prices: HYBRID });
    expect(await chargeUsage(service.live, fresh, out(1_250_000))).toMatchObject({ committed: '10' });
  });

  it('goes on through the tiers from request to request', async () => {
    const account = await openPricedAccount(service.live, { prices: tiered() });
    expect(await chargeUsage(service.live, account, out(9000))).toMatchObject({ committed: '18' });
    expect(await chargeUsage(service.live, account, out(2000))).toMatchObject({ committed: '3' });
    expect(await chargeUsage(service.live, account, out(1000))).toMatchObject({ committed: '1' });
  });

  it.each(['one process', 'two processes'])(
    'costs the same by 50 concurrent requests of %s as one by one',
    async (processes) => {
      const account = await openPricedAccount(service.live, { prices: tiered(), credits: '1000' });
      const clients = processes === 'one process' ? [service.live] : [service.live, second.live];
      const client = (at: number) => clients[at % clients.length] ?? service.live;
      const each = await Promise.all(
        Array.from({ length: 50 }, async (_, at) => {
          if (at % 2 === 0) return chargeUsage(client(at), account, out(220));
          const { id } = await authorizeUsage(client(at), account, chat(0, null), { max_output_tokens: 300 });
          return commit(client(at + 1), id, { usage: out(220) });
        }),
      );
      // 50 × 220 are 11 000: 10 000 at 0.002 and 1 000 at 0.001.
      const total = each.reduce((sum, { committed }) => sum + Math.round(Number(committed) * 1000), 0);
      expect(total).toBe(21_000);
      expect(await balanceOf(service.live, account)).toMatchObject({ posted: '979', held: '0' });
    },
  );

  it('is held for the dearest place between what is used and what others have reserved', async () => {
    const tiers = [
      { up_to: '100', amount: '1' },
      { up_to: null, amount: '3' },
    ];
    const components = [{ quantity: 'output_tokens', pricing: 'graduated', counted: 'month', tiers }];
    const account = await openPricedAccount(service.live, {
      prices: [{ event: 'chat.completed', components }],
      credits: '1000',
    });
    expect(await authorizeUsage(service.live, account, out(80))).toMatchObject({ amount: '80' });
    // Were the first one committed before it, 20 would be at 1 and 10 at 3.
    expect(await authorizeUsage(service.live, account, out(30))).toMatchObject({ amount: '50' });
  });

  it('is counted across versions and cards: a new price gives nothing free again', async () => {
    const account = await openPricedAccount(service.live, { prices: HYBRID });
    await chargeUsage(service.live, account, out(1_000_000));
    const dearer = HYBRID.map(({ event, components }) => ({
      event,
      components: components.map((one) => ({ ...one, amount: '0.08' })),
    }));
    const { id } = await makeRateCard(service.live, { prices: dearer });
    await service.live.patch(`/v1/accounts/${account}`, { rate_card: id });
    expect(await chargeUsage(service.live, account, out(1000))).toMatchObject({ committed: '0.08' });
    await service.live.patch(`/v1/accounts/${account}`, { overrides: tiered('0.005', '0.0025') });
    expect(await chargeUsage(service.live, account, out(1000))).toMatchObject({ committed: '2.5' });
  });

  it('is freed by a void, and moved back by an adjustment by usage alone', async () => {
    const account = await openPricedAccount(service.live, { prices: tiered(), credits: '1000' });
    const held = await authorizeUsage(service.live, account, out(10_000));
    await service.live.post(`/v1/authorizations/${held.id}/void`);
    const first = await chargeUsage(service.live, account, out(10_000));
    expect(first).toMatchObject({ committed: '20' });
    expect(await chargeUsage(service.live, account, out(100))).toMatchObject({ committed: '0.1' });
    expectAuthorization(await service.live.post(`/v1/authorizations/${first.id}/refund`, { amount: '5' }), 200);
    await adjust(service.live, first.id, { amount: '12' });
    expect(await chargeUsage(service.live, account, out(100))).toMatchObject({ committed: '0.1' });
    await adjust(service.live, first.id, { usage: out(5000) });
    // 5 200 are used by now.
    expect(await chargeUsage(service.live, account, out(5000))).toMatchObject({ committed: '9.8' });
  });

  it('is adjusted from where the counter stood when it was charged', async () => {
    const account = await openPricedAccount(service.live, { prices: tiered(), credits: '1000' });
    await chargeUsage(service.live, account, out(9000));
    const { id } = await chargeUsage(service.live, account, out(2000));
    await chargeUsage(service.live, account, out(5000));
    // From 9 000 on, 1 000 are at 0.002 and 3 000 at 0.001.
    expect(await adjust(service.live, id, { usage: out(4000) })).toMatchObject({ committed: '5' });
  });

  it('begins anew with the account’s own month', async () => {
    const { now } = (await service.test.get('/v1/test-clock')).body as { now: string };
    const account = await openPricedAccount(service.test, { prices: HYBRID, time_zone: 'Asia/Tokyo' });
    await chargeUsage(service.test, account, out(1_000_000));
    const hold = await authorizeUsage(service.test, account, out(1000), { expires_in: 24 * 3600 });
    expect(hold).toMatchObject({ amount: '0.04' });
    const at = new Date(now);
    const end = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1) - 9 * 3_600_000;
    const next = end > at.getTime() ? end : Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 2, 1) - 9 * 3_600_000;
    await service.test.post('/v1/test-clock/advance', { seconds: Math.ceil((next - at.getTime()) / 1000) });
    expect(await chargeUsage(service.test, account, out(1000))).toMatchObject({ committed: '0' });
    // The hold counts in the month in which it was made, late as its commit may be.
    const late = await service.test.post(`/v1/authorizations/${hold.id}/commit`, { usage: out(1000) });
    if (late.status === 200) expectAuthorization(late, 200);
    else expectProblem(late, 410, 'commit_too_late');
  });

  it('is no more than the credits suffice for: a request beyond them is declined and counts nothing', async () => {
    const account = await openPricedAccount(service.live, { prices: tiered(), credits: '1' });
    expectProblem(await asking(service.live, account, out(501)), 402, 'insufficient_credits');
    expectProblem(await service.live.post('/v1/charges', { account, usage: out(501) }), 402, 'insufficient_credits');
    const { rows } = await service.pool.query(
      'select 1 from counters c join accounts a using (account_id) where a.external_id = $1 and (used > 0 or reserved > 0)',
      [account],
    );
    expect(rows).toEqual([]);
  });
});

describe('batches by usage', () => {
  it('hold all or nothing, each item at its place in the tiers', async () => {
    const account = await openPricedAccount(service.live, { prices: tiered(), credits: '1000' });
    const items = [
      { account, usage: out(9000) },
      { account, usage: out(2000) },
    ];
    const charged = await service.live.post('/v1/charges/batch', { items });
    expect(charged).toMatchObject({
      status: 201,
      body: { items: [{ authorization: { committed: '18' } }, { authorization: { committed: '3' } }] },
    });
    const plain = await openAccount(service.live, { credits: '1' });
    const mixed = [
      ...items,
      { account, usage: { event: 'image.generated', images: 1 } },
      { account: plain, usage: out(1) },
    ];
    const refused = await service.live.post('/v1/authorizations/batch', { items: mixed });
    const { items: decided } = expectProblem(refused, 422, 'no_rate_card') as unknown as { items: unknown[] };
    expect(decided).toMatchObject([
      { status: 424 },
      { status: 424 },
      { status: 422, problem: { code: 'unpriced_usage', usage: [0] } },
      { status: 422, problem: { code: 'no_rate_card', account: plain } },
    ]);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '979', held: '0' });
  });

  it('decide each on its own, and say what an output without a limit lacks', async () => {
    const account = await openPricedAccount(service.live);
    const items = [
      { account, usage: chat() },
      { account, usage: chat(600, null) },
      { account, usage: chat(600, null), max_output_tokens: 1_000_000, fit: true },
    ];
    const answer = await service.live.post('/v1/authorizations/batch', { mode: 'independent', items });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        items: [
          { status: 201, authorization: { amount: '0.027' } },
          { status: 400, problem: { code: 'invalid_request', errors: [{ field: 'max_output_tokens' }] } },
          { status: 201, authorization: { amount: '60.018', assumed: { max_output_tokens: 1_000_000 } } },
        ],
      },
    });
  });

  it('have at most 1,000 usages in all, those of vendors’ answers included', async () => {
    const account = await openPricedAccount(service.live);
    const usage = Array.from({ length: 100 }, () => chat(1, 0));
    const answer = {
      object: 'chat.completion',
      model: 'gpt-5',
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    };
    const raw = Array.from({ length: 100 }, (_, at) => ({
      custom_id: `r${at}`,
      response: { status_code: 200, body: answer },
    }));
    const answers = Array.from({ length: 11 }, () => ({ account, usage: { vendor: 'openai', raw } }));
    const within = Array.from({ length: 10 }, () => ({ account, usage }));
    expect((await service.live.post('/v1/authorizations/batch', { items: within })).status).toBe(201);
    const { id } = await authorizeUsage(service.live, account);
    const commits = Array.from({ length: 11 }, () => ({ authorization: id, usage, final: false }));
    const asked: [string, object[]][] = [
      ['authorizations/batch', [...within, { account, usage: chat() }]],
      ['charges/batch', [...within, { account, usage: chat() }]],
      ['charges/batch', answers],
      ['authorizations/commit-batch', commits],
    ];
    for (const [path, items] of asked) expectFaults(await service.live.post(`/v1/${path}`, { items }), ['items']);
    expect(await found(service.live, id)).toMatchObject({ committed: '0' });
    const quoted = { account, usage: answers.map((item) => item.usage) };
    expectFaults(await service.live.post('/v1/quotes', quoted), ['usage']);
  });

  it('commit each on its own, vendors’ answers and what has no price too', async () => {
    const account = await openPricedAccount(service.live);
    const ids = [];
    for (let at = 0; at < 4; at += 1) ids.push((await authorizeUsage(service.live, account)).id);
    const [first, next, third, last] = ids;
    const items = [
      { authorization: first, usage: chat(100, 0), tags: { user: 'ada' } },
      { authorization: next, usage: { vendor: 'anthropic', raw: {} } },
      { authorization: third, usage: { event: 'image.generated', images: 1 } },
      { authorization: last, usage: chat(100, 0), final: false, settlement: 'estimated' },
    ];
    const answer = await service.live.post('/v1/authorizations/commit-batch', { items });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        items: [
          { status: 200, authorization: { committed: '0.003', tags: { user: 'ada' }, amounts: ['0.003'] } },
          { status: 200, authorization: { committed: '0.027', settlement: 'unknown' } },
          { status: 200, authorization: { committed: '0.027', settlement: 'unpriced' } },
          { status: 200, authorization: { committed: '0.003', settlement: 'estimated', held: '0.024' } },
        ],
      },
    });
  });
});
