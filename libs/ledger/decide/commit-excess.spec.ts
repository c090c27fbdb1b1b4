import { describe, expect, it } from '@jest/globals';
import type { OveragePolicy } from '../authorization.ts';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (overage: OveragePolicy, overdraftLimit = '0'): LedgerFixture =>
  ledgerAt('2026-01-01T00:00:00Z').account('acme', { overage, overdraftLimit });

describe('a commit of more than is held', () => {
  it.each<OveragePolicy>(['cap', 'debt', 'reject'])('draws the excess from what is available, under %s', (overage) => {
    const ledger = account(overage).grant('15');
    expect(ledger.commit(ledger.authorize('8'), '11')).toMatchObject({
      committed: '11',
      uncollected: '0',
      debtDrawn: '0',
    });
    expect(ledger.balance()).toEqual({ posted: '4', held: '0', available: '4' });
  });

  it('draws the excess in burn-down order', () => {
    const ledger = account('cap');
    const last = ledger.createGrant('10', { priority: 3 });
    const hold = ledger.authorize('4');
    const next = ledger.createGrant('2', { priority: 2 });
    const first = ledger.createGrant('3', { priority: 1 });
    expect(ledger.commit(hold, '10').draws).toEqual([
      { grantId: last.id, amount: '4' },
      { grantId: first.id, amount: '3' },
      { grantId: next.id, amount: '2' },
      { grantId: last.id, amount: '1' },
    ]);
  });

  it.each<OveragePolicy>(['cap', 'debt'])('never takes what other holds have pinned, under %s', (overage) => {
    const ledger = account(overage).grant('20');
    const mine = ledger.authorize('8');
    const theirs = ledger.authorize('10');
    expect(ledger.commit(mine, '15')).toMatchObject({ committed: '10', uncollected: '5' });
    expect(ledger.commit(theirs)).toMatchObject({ committed: '10', uncollected: '0' });
    expect(ledger.available()).toBe('0');
  });

  it('never takes credits that are out of scope, expired or yet to come', () => {
    const ledger = account('cap').grant('5');
    const hold = ledger.authorize('5', { holdSeconds: 600 });
    ledger
      .grant('10', { scope: { tags: { team: 'a' } } })
      .grant('10', { expiresIn: 60 })
      .grant('10', { effectiveIn: 300 });
    ledger.advance(60);
    expect(ledger.commit(hold, '30')).toMatchObject({ committed: '5', uncollected: '25' });
  });

  it('follows the policy fixed at authorize', () => {
    const ledger = account('cap', '100').grant('10');
    const hold = ledger.authorize('10', { overage: 'debt' });
    const other = ledger.authorize('5');
    ledger.updateAccount({ overage: 'reject' });
    expect(ledger.commit(hold, '30')).toMatchObject({ committed: '30', debtDrawn: '20' });
    expect(ledger.commit(other, '30')).toMatchObject({ committed: '5', uncollected: '25' });
  });
});

describe('under the policy cap', () => {
  it('charges what there is and records the rest as uncollected', () => {
    const ledger = account('cap').grant('10');
    expect(ledger.commit(ledger.authorize('8'), '15')).toMatchObject({
      status: 'committed',
      committed: '10',
      uncollected: '5',
    });
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });

  it('makes no debt of the excess, although the account has an overdraft', () => {
    const ledger = account('cap', '100').grant('10');
    expect(ledger.commit(ledger.authorize('8'), '15')).toMatchObject({
      committed: '10',
      debtDrawn: '0',
      uncollected: '5',
    });
  });

  it('leaves credits alone that are owed', () => {
    const ledger = account('cap', '10').grant('10');
    const released = ledger.authorize('10');
    ledger.charge('4');
    ledger.void(released);
    expect(ledger.commit(ledger.authorize('2'), '9')).toMatchObject({ committed: '6', uncollected: '3' });
    expect(ledger.available()).toBe('0');
  });

  it('counts credits of all grants together before it takes off what is owed', () => {
    const open = (debt: string): LedgerFixture => {
      const ledger = account('cap', '6').grant('6').grant('5');
      const released = ledger.authorize('11');
      ledger.charge(debt);
      ledger.void(released);
      return ledger;
    };
    const little = open('4');
    expect(little.commit(little.authorize('1'), '6')).toMatchObject({ committed: '6', uncollected: '0' });
    expect(little.available()).toBe('1');
    const much = open('6');
    expect(much.commit(much.authorize('1'), '9')).toMatchObject({ committed: '5', uncollected: '4' });
    expect(much.remaining()).toEqual(['1', '5']);
  });

  it('sums up what parts could not collect', () => {
    const ledger = account('cap').grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '12', { final: false });
    expect(ledger.commit(hold, '3')).toMatchObject({ committed: '10', uncollected: '5' });
  });
});

describe('under the policy debt', () => {
  it('books the missing part as debt', () => {
    const ledger = account('debt', '100').grant('10');
    expect(ledger.commit(ledger.authorize('8'), '15')).toMatchObject({
      committed: '15',
      debtDrawn: '5',
      uncollected: '0',
    });
    expect(ledger.debt()).toBe('5');
    expect(ledger.balance()).toEqual({ posted: '-5', held: '0', available: '-5' });
  });

  it('records what is beyond the limit as uncollected', () => {
    const ledger = account('debt', '3').grant('10');
    expect(ledger.commit(ledger.authorize('8'), '15')).toMatchObject({
      committed: '13',
      debtDrawn: '3',
      uncollected: '2',
    });
  });

  it('keeps a limit of 5 000 under two commits of 4 000 more than was held', () => {
    const ledger = account('debt', '5000').grant('200');
    const holds = [ledger.authorize('100'), ledger.authorize('100')] as const;
    expect(ledger.commit(holds[0], '4100')).toMatchObject({ debtDrawn: '4000', uncollected: '0' });
    expect(ledger.commit(holds[1], '4100')).toMatchObject({ debtDrawn: '1000', uncollected: '3000' });
    expect(ledger.debt()).toBe('5000');
  });

  it('leaves the limit that other holds have pinned to them', () => {
    const ledger = account('debt', '10');
    const mine = ledger.authorize('2');
    const theirs = ledger.authorize('6');
    expect(ledger.commit(mine, '20')).toMatchObject({ debtDrawn: '4', uncollected: '16' });
    expect(ledger.commit(theirs)).toMatchObject({ debtDrawn: '6', uncollected: '0' });
    expect(ledger.debt()).toBe('10');
  });
});

describe('under the policy reject', () => {
  it('is refused, and leaves the hold as it was', () => {
    const ledger = account('reject').grant('10');
    const hold = ledger.authorize('8');
    expect(refusalOf(() => ledger.commit(hold, '11'))).toEqual({
      code: 'insufficient_credits',
      account: 'acme',
      required: '11',
      available: '10',
      held: '0',
      shortfall: '1',
      outOfScope: '0',
    });
    expect(ledger.find(hold)).toEqual(hold);
    expect(ledger.commit(hold, '10')).toMatchObject({ committed: '10' });
  });

  it('says credits_held where others hold what is missing, and does not count its own hold', () => {
    const ledger = account('reject').grant('20');
    const hold = ledger.authorize('8');
    ledger.authorize('10');
    expect(refusalOf(() => ledger.commit(hold, '20'))).toMatchObject({ code: 'credits_held', shortfall: '10' });
    expect(refusalOf(() => ledger.commit(hold, '21'))).toMatchObject({ code: 'insufficient_credits', shortfall: '11' });
  });

  it('does not borrow, although the account has an overdraft', () => {
    const ledger = account('reject', '100').grant('10');
    const hold = ledger.authorize('8');
    expect(refusalOf(() => ledger.commit(hold, '11')).code).toBe('insufficient_credits');
  });

  it('is refused for a part too, and leaves the hold as it was', () => {
    const ledger = account('reject').grant('10');
    const hold = ledger.authorize('8');
    expect(refusalOf(() => ledger.commit(hold, '11', { final: false })).code).toBe('insufficient_credits');
    expect(ledger.find(hold)).toEqual(hold);
  });
});
