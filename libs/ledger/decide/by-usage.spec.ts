import type { JsonObject } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { pricedLedgerAt, RATE_CARD, type PricedFixture } from '../testing/priced-fixture.ts';
import type { AccountOptions } from '../testing/fixture-options.ts';
import { refusalOf } from '../testing/refused.ts';

const CHAT = { event: 'chat.completed', model: 'known-1' };
const INPUT = { quantity: 'input_tokens', per: '1000', amount: '1' };
const OUTPUT = { quantity: 'output_tokens', per: '1000', amount: '5' };
const PRICES: readonly JsonObject[] = [
  { event: 'chat.completed', match: { model: 'known-1' }, components: [INPUT, OUTPUT], max_output_tokens: 2000 },
  { event: 'chat.completed', match: { model: 'known-2' }, components: [{ ...INPUT, amount: '10' }] },
  { event: 'image.generated', components: [{ quantity: 'images', amount: '3' }] },
];
/** 1 for each of the first thousand tokens of a month, then 2, each per thousand. */
const COUNTED: readonly JsonObject[] = [
  {
    event: 'chat.completed',
    components: [
      {
        quantity: 'input_tokens',
        per: '1000',
        pricing: 'graduated',
        counted: 'month',
        tiers: [{ up_to: '1000', amount: '1' }, { amount: '2' }],
      },
    ],
  },
];

function ledgerWith(prices = PRICES, options: AccountOptions = {}): PricedFixture {
  return pricedLedgerAt('2026-01-10T00:00:00Z')
    .publish(prices)
    .account('acme', { rateCard: RATE_CARD, ...options })
    .grant('100');
}

describe('a hold by usage', () => {
  it('covers the most that the usage can cost', () => {
    const hold = ledgerWith().authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 400 });
    expect(hold).toMatchObject({ amount: '3', held: '3', pricing: { maxOutputTokens: null } });
    expect(hold.pricing?.price).toMatchObject({ card: RATE_CARD, version: 1, discount: '0', overrides: null });
  });

  it('assumes the most output of the request, else of the price', () => {
    const ledger = ledgerWith();
    const output = { max: 100, min: 1, fit: false };
    const asked = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000 }, { output });
    expect([asked.amount, asked.pricing?.maxOutputTokens]).toEqual(['1.5', 100]);
    const assumed = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000 });
    expect([assumed.amount, assumed.pricing?.maxOutputTokens]).toEqual(['11', 2000]);
  });

  it('is for less output where the credits don’t suffice for the most, if it is to fit', () => {
    const ledger = ledgerWith().account('poor', { rateCard: RATE_CARD }).grant('2.0049');
    const output = { max: null, min: 100, fit: true };
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000 }, { output });
    expect([hold.amount, hold.pricing?.maxOutputTokens, ledger.available()]).toEqual(['2', 200, '0.0049']);
    expect(refusalOf(() => ledger.authorizeUsage({ ...CHAT, input_tokens: 1000 }, { output }))).toMatchObject({
      code: 'credits_held',
      required: '1.5',
    });
  });

  it('is refused where the account has no prices, or they have none for it', () => {
    const ledger = ledgerWith();
    const unknown = { event: 'chat.completed', model: 'other' };
    expect(refusalOf(() => ledger.authorizeUsage([{ ...CHAT, input_tokens: 1 }, unknown]))).toEqual({
      code: 'unpriced_usage',
      usage: [1],
    });
    ledger.account('bare').grant('100');
    expect(refusalOf(() => ledger.authorizeUsage({ ...CHAT, input_tokens: 1 }))).toEqual({
      code: 'no_rate_card',
      account: 'bare',
    });
  });

  it('may be of nothing, where the usage is free', () => {
    const ledger = ledgerWith([{ event: 'chat.completed', components: [{ ...INPUT, amount: '0' }] }]);
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000 });
    expect(hold).toMatchObject({ status: 'authorized', amount: '0', held: '0' });
    expect(ledger.commitUsage(hold, { ...CHAT, input_tokens: 1000 })).toMatchObject({ committed: '0' });
    expect(ledger.booked('usage')).toEqual([]);
    expect(ledger.usageRecords()).toMatchObject([{ amount: '0' }]);
  });

  it('is extended by what more usage can cost', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 0 });
    expect(ledger.extendUsage(hold, { ...CHAT, output_tokens: 200 })).toMatchObject({ amount: '2', held: '2' });
  });

  it('remembers no extension that was refused', () => {
    const tiers = [{ up_to: '10', amount: '1' }, { amount: '5' }];
    const components = [{ quantity: 'input_tokens', pricing: 'graduated', tiers }];
    const ledger = ledgerWith([{ event: 'chat.completed', components }], { overage: 'reject' });
    const usage = { ...CHAT, input_tokens: 10 };
    const hold = ledger.authorizeUsage(usage);
    const other = ledger.authorize('50');
    expect(refusalOf(() => ledger.extendUsage(hold, usage)).code).toBe('credits_held');
    ledger.void(other);
    // 10 at 1 and 10 at 5: of all together, as a commit will be priced.
    expect(ledger.extendUsage(hold, usage).amount).toBe('60');
    expect(ledger.commitUsage(hold, { ...CHAT, input_tokens: 20 }).committed).toBe('60');
  });
});

describe('a commit by usage', () => {
  it('charges what was used, and keeps how that comes about', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 400 });
    const committed = ledger.commitUsage(hold, { ...CHAT, input_tokens: 900, output_tokens: 100 });
    expect(committed).toMatchObject({ committed: '1.4', held: '0', pricing: { settlement: 'exact' } });
    expect(ledger.usageRecords()).toMatchObject([
      {
        kind: 'commit',
        authorizationId: hold.id,
        amount: '1.4',
        cost: '1',
        currency: 'USD',
        lines: [
          { quantity: 'input_tokens', count: '900', rate: '1', amount: '0.9' },
          { quantity: 'output_tokens', count: '100', rate: '5', amount: '0.5' },
        ],
      },
    ]);
  });

  it('is priced by what the hold was made with, whatever was published and agreed since', () => {
    const ledger = ledgerWith(PRICES, { discount: '0.5' });
    const usage = { ...CHAT, input_tokens: 1000 };
    const hold = ledger.authorizeUsage(usage);
    ledger.advance(1).publish([{ event: 'chat.completed', components: [{ ...INPUT, amount: '7' }] }]);
    ledger.updateAccount({ discount: '0' });
    expect(ledger.commitUsage(hold, usage)).toMatchObject({ committed: '0.5' });
    const next = ledger.commitUsage(ledger.authorizeUsage(usage), usage);
    expect([next.committed, next.pricing?.price?.version]).toEqual(['7', 2]);
  });

  it('is priced by the account’s own prices before those of the card, by the version that it was held with', () => {
    const own = (amount: string): JsonObject[] => [{ event: 'chat.completed', components: [{ ...INPUT, amount }] }];
    const ledger = ledgerWith(PRICES, { overrides: own('2') });
    const usage = { ...CHAT, input_tokens: 1000 };
    const hold = ledger.authorizeUsage(usage);
    ledger.updateAccount({ overrides: own('3') });
    expect(ledger.commitUsage(hold, usage).committed).toBe('2');
    expect(ledger.chargeUsage(usage).committed).toBe('3');
    ledger.updateAccount({ overrides: [] });
    expect(ledger.chargeUsage(usage).committed).toBe('1');
  });

  it('may be of another model: its price, the grants of the one that was named', () => {
    const ledger = ledgerWith().account('two', { rateCard: RATE_CARD });
    ledger.grant('5', { scope: { models: ['known-1'] } }).grant('50', { scope: { models: ['known-2'] } });
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 0 });
    const committed = ledger.commitUsage(hold, { event: 'chat.completed', model: 'known-2', input_tokens: 400 });
    expect([committed.committed, ...ledger.remaining()]).toEqual(['4', '1', '50']);
  });

  it('by steps costs what all of it costs together', () => {
    const ledger = ledgerWith([
      {
        event: 'chat.completed',
        components: [
          { ...INPUT, minimum: '1' },
          { quantity: 'requests', amount: '0.25' },
        ],
      },
    ]);
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 5000 });
    const step = (tokens: number, final: boolean) =>
      ledger.commitUsage(hold, { ...CHAT, input_tokens: tokens }, { final }).committed;
    // The minimum and the request count once.
    expect([step(100, false), step(400, false), step(700, false), step(800, true)]).toEqual([
      '1.25',
      '1.25',
      '1.45',
      '2.25',
    ]);
    expect(ledger.usageRecords().map(({ amount }) => amount)).toEqual(['1.25', '0', '0.2', '0.8']);
  });

  it('with an amount charges that, and its usage only says where it belongs', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorize('5');
    const committed = ledger.commitUsage(hold, { ...CHAT, input_tokens: 1000 }, { amount: '4' });
    expect(committed).toMatchObject({ committed: '4', pricing: { settlement: 'exact' } });
    expect(ledger.usageRecords()).toMatchObject([{ amount: null, lines: [], cost: '1' }]);
  });

  it('repeated says the same; with other usage it is refused', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000 });
    const first = ledger.commitUsage(hold, { ...CHAT, input_tokens: 900, output_tokens: 1 });
    expect(ledger.commitUsage(hold, { output_tokens: 1, input_tokens: 900, ...CHAT })).toEqual(first);
    const others = [{ ...CHAT, input_tokens: 900 }, [] as const];
    for (const other of others) {
      expect(refusalOf(() => ledger.commitUsage(hold, other)).code).toBe('authorization_committed');
    }
  });

  it('adds tags that attribute and change nothing else, and refuses to change one', () => {
    const ledger = ledgerWith().account('two', { rateCard: RATE_CARD });
    ledger.grant('1').grant('50', { priority: 0, scope: { tags: { team: 'red' } } });
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 0 }, { tags: { user: 'jo' } });
    const added = { tags: { team: 'red' }, metadata: { trace: 'a' } };
    const conflict = { tags: { user: 'al' }, metadata: {} };
    const usage = { ...CHAT, input_tokens: 2000 };
    expect(refusalOf(() => ledger.commitUsage(hold, usage, { added: conflict }))).toEqual({
      code: 'tag_conflict',
      tag: 'user',
      value: 'jo',
    });
    const committed = ledger.commitUsage(hold, usage, { added });
    expect(committed).toMatchObject({ committed: '1', uncollected: '1', tags: { user: 'jo' }, added });
  });

  it('remembers since when each added tag counts: what was charged before is not attributed to it', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 3000, output_tokens: 0 }, { tags: { user: 'jo' } });
    const step = (tags: Record<string, string>) => {
      const parts = { final: false, added: { tags, metadata: {} } };
      return ledger.commitUsage(hold, { ...CHAT, input_tokens: 1000 }, parts).added?.since ?? {};
    };
    const first = step({ team: 'red' });
    const second = step({ team: 'red', user: 'jo', feature: 'search' });
    expect(Object.keys(second).sort()).toEqual(['feature', 'team']);
    expect(second['team']).toBe(first['team']);
    expect(BigInt(second['feature'] ?? 0)).toBeGreaterThan(BigInt(first['team'] ?? 0));
  });
});

describe('a commit never fails on its usage', () => {
  const unpriced = { event: 'chat.completed', model: 'other', input_tokens: 1000 };

  it('without a price charges what is held, and says so', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 0 });
    expect(ledger.commitUsage(hold, unpriced)).toMatchObject({ committed: '1', pricing: { settlement: 'unpriced' } });
    expect(ledger.events('usage.unpriced').map(({ data }) => data)).toMatchObject([
      { charged: '1', usage: [{ event: 'chat.completed', model: 'other' }] },
    ]);
  });

  it('with a price for some of it charges what these cost, if that is more than is held', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 0 });
    const committed = ledger.commitUsage(hold, [unpriced, { ...CHAT, input_tokens: 3000 }]);
    expect(committed).toMatchObject({ committed: '3', pricing: { settlement: 'unpriced' } });
  });

  it('of an account that had no rate card charges what is held', () => {
    const ledger = pricedLedgerAt('2026-01-10T00:00:00Z').account('acme').grant('10');
    const hold = ledger.authorize('4');
    expect(ledger.commitUsage(hold, { ...CHAT, input_tokens: 1 })).toMatchObject({
      committed: '4',
      pricing: { settlement: 'unpriced', price: null },
    });
  });

  it('too late and without a price charges what was held', () => {
    const ledger = ledgerWith();
    const hold = ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 0 });
    ledger.advance(901);
    expect(ledger.commitUsage(hold, unpriced)).toMatchObject({ committed: '1', late: true });
  });

  it('of unknown usage charges what is held, or what is known of it', () => {
    const ledger = ledgerWith();
    const hold = () => ledger.authorizeUsage({ ...CHAT, input_tokens: 1000, output_tokens: 0 });
    const settlement = 'unknown';
    expect(ledger.commitUsage(hold(), [], { settlement })).toMatchObject({ committed: '1', pricing: { settlement } });
    const known = { ...CHAT, input_tokens: 1500 };
    expect(ledger.commitUsage(hold(), known, { settlement })).toMatchObject({ committed: '1.5' });
  });
});

describe('what counts over a month', () => {
  const usage = (tokens: number) => ({ event: 'chat.completed', input_tokens: tokens });

  it('is priced from where the month stands when it is used', () => {
    const ledger = ledgerWith(COUNTED);
    expect([900, 200, 1000].map((tokens) => ledger.chargeUsage(usage(tokens)).committed)).toEqual(['0.9', '0.3', '2']);
    ledger.advance(30 * 24 * 3600);
    expect(ledger.chargeUsage(usage(1000)).committed).toBe('1');
  });

  it('is held for the dearest place that it may come to', () => {
    const ledger = ledgerWith(COUNTED);
    const first = ledger.authorizeUsage(usage(900));
    const second = ledger.authorizeUsage(usage(900));
    expect([first.amount, second.amount]).toEqual(['0.9', '1.7']);
    ledger.void(first);
    expect(ledger.commitUsage(second, usage(900)).committed).toBe('0.9');
    expect(ledger.chargeUsage(usage(200)).committed).toBe('0.3');
  });

  it('is priced from where the month stands at the commit, where others have used what the hold counted on', () => {
    const ledger = ledgerWith(COUNTED);
    const [first, second] = [ledger.authorizeUsage(usage(1000)), ledger.authorizeUsage(usage(1000))];
    expect([first.amount, second.amount]).toEqual(['1', '2']);
    expect(ledger.commitUsage(second, usage(1000)).committed).toBe('1');
    // In all the account pays what both cost one by one, and the excess is charged as the overage policy says.
    expect(ledger.commitUsage(first, usage(1000))).toMatchObject({ committed: '2', uncollected: '0' });
    const strict = ledgerWith(COUNTED, { overage: 'reject' });
    const hold = strict.authorizeUsage(usage(1000));
    strict.chargeUsage(usage(1000));
    strict.authorize('98');
    expect(refusalOf(() => strict.commitUsage(hold, usage(1000)))).toMatchObject({ required: '2', shortfall: '1' });
  });

  it('of a commit that is late counts in the month of its hold', () => {
    const ledger = ledgerWith(COUNTED).advance(21.99 * 24 * 3600);
    const hold = ledger.authorizeUsage(usage(1000), { holdSeconds: 3600 });
    ledger.advance(3700);
    expect(ledger.commitUsage(hold, usage(1000))).toMatchObject({ committed: '1', late: true });
    expect(ledger.chargeUsage(usage(1000)).committed).toBe('1');
  });

  it('is charged in a batch as one by one', () => {
    const ledger = ledgerWith(COUNTED);
    const items = [600, 600, 600].map((tokens) => ({ usage: [usage(tokens)] }));
    ledger.chargeBatch('all_or_nothing', items);
    expect(ledger.usageRecords().map(({ amount }) => amount)).toEqual(['0.6', '0.8', '1.2']);
    const refused = () => ledger.chargeBatch('all_or_nothing', [...items, { amount: '1000' }]);
    expect(refusalOf(refused).code).toBe('insufficient_credits');
    expect(ledger.chargeUsage(usage(100)).committed).toBe('0.2');
  });
});
