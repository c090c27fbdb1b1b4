import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (overdraftLimit = '0'): LedgerFixture =>
  ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit });

describe('extending by an amount', () => {
  it('holds that much more, at once and for as long as before', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    expect(ledger.advance(10).extend(hold, { amount: '4' })).toMatchObject({
      status: 'authorized',
      amount: '12',
      held: '12',
      committed: '0',
      expiresAt: hold.expiresAt,
      balance: { posted: '20', held: '12' },
    });
    expect(ledger.balance()).toEqual({ posted: '20', held: '12', available: '8' });
    expect(ledger.transfers('usage')).toEqual([]);
  });

  it('is part of the whole hold from then on', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('8');
    ledger.extend(hold, { amount: '4' });
    const first = ledger.commit(hold);
    expect(first).toMatchObject({ committed: '12', uncollected: '0' });
    expect(ledger.commit(hold)).toEqual(first);
    expect(ledger.commit(hold, '12')).toEqual(first);
    expect(refusalOf(() => ledger.commit(hold, '8')).code).toBe('authorization_committed');
  });

  it('is given back whole by a void', () => {
    const ledger = account('5').grant('10');
    const hold = ledger.authorize('8');
    ledger.extend(hold, { amount: '7' });
    ledger.void(hold);
    expect(ledger.balance()).toEqual({ posted: '10', held: '0', available: '10' });
  });

  it('pins in burn-down order, and keeps all that is pinned in that order', () => {
    const ledger = account();
    const first = ledger.createGrant('10', { priority: 1 });
    const second = ledger.createGrant('10', { priority: 2 });
    const other = ledger.authorize('10');
    const hold = ledger.authorize('4');
    expect(hold.allocations).toEqual([{ grantId: second.id, amount: '4' }]);
    ledger.void(other);
    expect(ledger.extend(hold, { amount: '12' }).allocations).toEqual([
      { grantId: first.id, amount: '10' },
      { grantId: second.id, amount: '6' },
    ]);
    expect(ledger.commit(hold, '11').draws).toEqual([
      { grantId: first.id, amount: '10' },
      { grantId: second.id, amount: '1' },
    ]);
  });

  it('pins what no credits cover to the overdraft, up to the limit', () => {
    const ledger = account('10').grant('10');
    const hold = ledger.authorize('8');
    expect(refusalOf(() => ledger.extend(hold, { amount: '12.000000000001' }))).toMatchObject({
      code: 'insufficient_credits',
      available: '2',
      shortfall: '0.000000000001',
    });
    expect(ledger.extend(hold, { amount: '12' })).toMatchObject({ held: '20', overdraftHeld: '10' });
    expect(ledger.available()).toBe('-10');
    expect(ledger.commit(hold)).toMatchObject({ committed: '20', debtDrawn: '10' });
  });

  it('adds to the overdraft that it has pinned, and takes credits first where some have come', () => {
    const ledger = account('10');
    const hold = ledger.authorize('3');
    expect(ledger.extend(hold, { amount: '4' }).overdraftHeld).toBe('7');
    const grant = ledger.createGrant('10');
    expect(ledger.extend(hold, { amount: '5' })).toMatchObject({
      held: '12',
      allocations: [{ grantId: grant.id, amount: '5' }],
      overdraftHeld: '7',
    });
  });

  it('takes only credits that may pay for what it was authorized for', () => {
    const ledger = account()
      .grant('5')
      .grant('10', { scope: { tags: { team: 'a' } } });
    const hold = ledger.authorize('2', { tags: { team: 'b' } });
    expect(refusalOf(() => ledger.extend(hold, { amount: '4' }))).toMatchObject({ available: '3', shortfall: '1' });
    expect(ledger.extend(ledger.authorize('2', { tags: { team: 'a' } }), { amount: '8' }).held).toBe('10');
  });

  it('takes nothing of a grant that has expired meanwhile, and keeps what it has pinned of it', () => {
    const ledger = account().grant('10', { priority: 1, expiresIn: 60 }).grant('5', { priority: 2 });
    const hold = ledger.authorize('4', { holdSeconds: 600 });
    ledger.advance(60);
    expect(refusalOf(() => ledger.extend(hold, { amount: '6' }))).toMatchObject({ available: '5', shortfall: '1' });
    expect(ledger.extend(hold, { amount: '5' }).allocations).toMatchObject([{ amount: '4' }, { amount: '5' }]);
    expect(ledger.commit(hold)).toMatchObject({ committed: '9', uncollected: '0' });
  });
});

describe('an extension that is declined', () => {
  it('is insufficient_credits where more credits are needed, its own hold not counted as held', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    expect(refusalOf(() => ledger.extend(hold, { amount: '3' }))).toEqual({
      code: 'insufficient_credits',
      account: 'acme',
      required: '3',
      available: '2',
      held: '0',
      shortfall: '1',
      outOfScope: '0',
    });
  });

  it('names the next expiry of other holds, though its own comes first', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.authorize('4', { holdSeconds: 600 });
    ledger.authorize('5', { holdSeconds: 300 });
    expect(refusalOf(() => ledger.extend(hold, { amount: '7' }))).toMatchObject({
      code: 'credits_held',
      holdExpiresAt: ledger.now + 300_000,
    });
  });

  it('is credits_held where it would pass once other holds are settled', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('8', { holdSeconds: 600 });
    ledger.authorize('10', { holdSeconds: 60 });
    expect(refusalOf(() => ledger.extend(hold, { amount: '12' }))).toEqual({
      code: 'credits_held',
      account: 'acme',
      required: '12',
      available: '2',
      held: '10',
      shortfall: '10',
      outOfScope: '0',
      retryAfterSeconds: 60,
      holdExpiresAt: ledger.now + 60_000,
      expiryIsExact: true,
    });
    expect(refusalOf(() => ledger.extend(hold, { amount: '13' })).code).toBe('insufficient_credits');
    expect(ledger.advance(60).extend(hold, { amount: '12' }).held).toBe('20');
  });

  it('leaves the hold as it was, its time too', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(30);
    expect(refusalOf(() => ledger.extend(hold, { amount: '3', holdSeconds: 600 })).code).toBe('insufficient_credits');
    expect(ledger.find(hold)).toEqual(hold);
    expect(ledger.advance(30).find(hold).status).toBe('expired');
  });
});

describe('extending the time', () => {
  it('counts from now, and holds the same until then and no longer', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(30);
    expect(ledger.extend(hold, { holdSeconds: 60 })).toMatchObject({
      amount: '8',
      held: '8',
      expiresAt: ledger.now + 60_000,
    });
    expect(ledger.advance(59.999).available()).toBe('2');
    expect(ledger.advance(0.001).available()).toBe('10');
    expect(ledger.find(hold).status).toBe('expired');
  });

  it('never brings an expiry forward', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 600 });
    expect(ledger.extend(hold, { holdSeconds: 60 }).expiresAt).toBe(hold.expiresAt);
    expect(ledger.extend(hold, { amount: '1', holdSeconds: 1 })).toMatchObject({
      held: '9',
      expiresAt: hold.expiresAt,
    });
  });

  it('and the amount does both', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    expect(ledger.advance(59.999).extend(hold, { amount: '2', holdSeconds: 60 })).toMatchObject({
      amount: '10',
      held: '10',
      expiresAt: ledger.now + 60_000,
    });
  });

  it('counts for the Retry-After that others are given', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.extend(hold, { holdSeconds: 600 });
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ code: 'credits_held', retryAfterSeconds: 600 });
  });

  it('moves the time in which a late commit is taken', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.extend(hold, { holdSeconds: 3600 });
    expect(ledger.advance(3599.999).commit(hold).late).toBe(false);
  });
});

describe('extending after parts were committed', () => {
  it('adds to what is still held', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '3', { final: false });
    expect(ledger.extend(hold, { amount: '4' })).toMatchObject({ amount: '12', held: '9', committed: '3' });
    expect(ledger.commit(hold)).toMatchObject({ committed: '12', held: '0' });
  });

  it('adds to what was authorized, not to what a part took beyond the hold', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('1.9928');
    ledger.commit(hold, '2', { final: false });
    ledger.extend(hold, { amount: '0.27' });
    expect(ledger.extend(hold, { amount: '0.827878' })).toMatchObject({ amount: '3.090678', held: '1.097878' });
  });

  it('holds the amount in full where a part took more than was held', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('4');
    ledger.commit(hold, '6', { final: false });
    expect(ledger.extend(hold, { amount: '5' })).toMatchObject({ amount: '9', held: '5', committed: '6' });
    const first = ledger.commit(hold);
    expect(first).toMatchObject({ committed: '11', uncollected: '0' });
    expect(ledger.commit(hold)).toEqual(first);
    expect(ledger.commit(hold, '5')).toEqual(first);
    expect(refusalOf(() => ledger.commit(hold, '11')).code).toBe('authorization_committed');
  });

  it('does not hold what a part could not collect', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '12', { final: false });
    ledger.grant('10');
    expect(ledger.extend(hold, { amount: '5' })).toMatchObject({ amount: '13', held: '5', uncollected: '2' });
    expect(ledger.commit(hold)).toMatchObject({ committed: '15', uncollected: '2' });
  });

  it('changes no amount where only the time is extended', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('4');
    ledger.commit(hold, '6', { final: false });
    expect(ledger.extend(hold, { holdSeconds: 3600 })).toMatchObject({ amount: '4', held: '0', committed: '6' });
  });
});

describe('extending for a suspended account', () => {
  it('is declined by an amount, and leaves the hold as it was', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('8');
    ledger.suspend();
    const suspended = { code: 'account_suspended', account: 'acme' };
    expect(refusalOf(() => ledger.extend(hold, { amount: '1' }))).toEqual(suspended);
    expect(refusalOf(() => ledger.extend(hold, { amount: '1', holdSeconds: 3600 }))).toEqual(suspended);
    expect(ledger.find(hold)).toEqual(hold);
    expect(ledger.resume().extend(hold, { amount: '1' }).held).toBe('9');
  });

  it('gives more time: what runs may end', () => {
    const ledger = account().grant('20');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    expect(ledger.suspend().extend(hold, { holdSeconds: 600 }).expiresAt).toBe(ledger.now + 600_000);
  });
});

describe('extending what is closed', () => {
  it.each([
    ['committed', 'authorization_committed', (ledger: LedgerFixture) => ledger.commit(ledger.authorize('1'))],
    ['charged', 'authorization_committed', (ledger: LedgerFixture) => ledger.charge('1')],
    ['voided', 'authorization_voided', (ledger: LedgerFixture) => ledger.void(ledger.authorize('1'))],
    [
      'expired, from that instant on',
      'authorization_expired',
      (ledger: LedgerFixture) => {
        const hold = ledger.authorize('1', { holdSeconds: 60 });
        ledger.advance(60);
        return hold;
      },
    ],
  ])('is refused: %s', (_, code, close) => {
    const ledger = account().grant('10');
    const closed = close(ledger);
    expect(refusalOf(() => ledger.extend(closed, { amount: '1' })).code).toBe(code);
    expect(refusalOf(() => ledger.extend(closed, { holdSeconds: 3600 })).code).toBe(code);
  });

  it('finds no authorization of another environment, and none that never was', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    const hold = ledger.authorize('1');
    const code = 'authorization_not_found';
    expect(refusalOf(() => ledger.extend(hold, { amount: '1', environment: 'test' })).code).toBe(code);
    expect(refusalOf(() => ledger.extend(grant, { amount: '1' })).code).toBe(code);
  });
});
