import { describe, expect, it } from '@jest/globals';
import type { OveragePolicy } from '../authorization.ts';
import { publicId } from '../ids.ts';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (overage: OveragePolicy = 'cap', overdraftLimit = '0'): LedgerFixture =>
  ledgerAt('2026-01-01T00:00:00Z').account('acme', { overage, overdraftLimit });

describe('usage that could not be collected', () => {
  it('is reported with what the commit required, charged and could not charge', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '13');
    const [event, ...others] = ledger.events('usage.uncollected');
    expect(others).toEqual([]);
    expect(event?.data).toEqual({
      account: 'acme',
      sequence: 2,
      authorization: publicId('authorization', hold.id),
      required: '13',
      committed: '10',
      uncollected: '3',
      overage: 'cap',
      balance: { posted: '0', held: '0', available: '0', unit: 'credits' },
    });
  });

  it('is reported beyond the overdraft limit', () => {
    const ledger = account('debt', '2').grant('10');
    ledger.commit(ledger.authorize('10'), '15');
    expect(ledger.events('usage.uncollected').map(({ data }) => data)).toMatchObject([
      { required: '15', committed: '12', uncollected: '3', overage: 'debt' },
    ]);
  });

  it('is reported of a late commit', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    ledger.charge('9');
    ledger.commit(hold);
    expect(ledger.events('usage.uncollected').map(({ data }) => data)).toMatchObject([
      { required: '8', committed: '1', uncollected: '7' },
    ]);
  });

  it('is reported by each partial commit for itself', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('10');
    ledger.commit(hold, '11', { final: false });
    ledger.commit(hold, '2', { final: false });
    ledger.commit(hold, '3');
    expect(ledger.events('usage.uncollected').map(({ data }) => data)).toMatchObject([
      { required: '11', committed: '10', uncollected: '1' },
      { required: '2', committed: '0', uncollected: '2' },
      { required: '3', committed: '0', uncollected: '3' },
    ]);
  });

  it('is not reported where all was collected, again for the same commit, or of a commit that was refused', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('4');
    ledger.commit(hold, '5');
    const capped = ledger.authorize('5');
    ledger.commit(capped, '6');
    ledger.commit(capped, '6');
    expect(ledger.events('usage.uncollected')).toHaveLength(1);
    const other = account('reject').grant('10');
    const rejecting = other.authorize('4');
    expect(refusalOf(() => other.commit(rejecting, '11')).code).toBe('insufficient_credits');
    expect(other.events('usage.uncollected')).toEqual([]);
  });
});

describe('a commit', () => {
  it('is reported with the figures of its authorization, where somebody subscribes to it', () => {
    const ledger = account().grant('10').subscribeToCommits();
    const hold = ledger.authorize('8', { tags: { user: 'ada' } });
    ledger.commit(hold, '3', { final: false });
    ledger.commit(hold, '8');
    const data = ledger.events('authorization.committed').map((event) => event.data);
    const common = {
      account: 'acme',
      authorization: publicId('authorization', hold.id),
      amount: '8',
      refunded: '0',
      overage: 'cap',
      late: false,
      tags: { user: 'ada' },
    };
    expect(data).toEqual([
      {
        ...common,
        sequence: 2,
        status: 'authorized',
        held: '5',
        committed: '3',
        uncollected: '0',
        balance: { posted: '7', held: '5', available: '2', unit: 'credits' },
      },
      {
        ...common,
        sequence: 3,
        status: 'committed',
        held: '0',
        committed: '10',
        uncollected: '1',
        balance: { posted: '0', held: '0', available: '0', unit: 'credits' },
      },
    ]);
  });

  it('is reported of charges and late commits too, and not of one that changes nothing', () => {
    const ledger = account().grant('10').subscribeToCommits();
    const hold = ledger.authorize('2', { holdSeconds: 60 });
    ledger.advance(60);
    ledger.commit(hold);
    ledger.commit(hold);
    ledger.charge('1');
    expect(ledger.events('authorization.committed').map(({ data }) => data)).toMatchObject([
      { committed: '2', late: true },
      { committed: '1', late: false, held: '0', amount: '1' },
    ]);
  });

  it('is reported once per item of a batch, and never of a batch that was refused', () => {
    const ledger = account().grant('10').subscribeToCommits();
    ledger.chargeBatch('all_or_nothing', [{ amount: '1' }, { amount: '2' }]);
    const tooMuch = [{ amount: '1' }, { amount: '20' }];
    expect(refusalOf(() => ledger.chargeBatch('all_or_nothing', tooMuch)).code).toBe('insufficient_credits');
    expect(ledger.events('authorization.committed').map(({ data }) => data)).toMatchObject([
      { committed: '1' },
      { committed: '2' },
    ]);
  });

  it('is not reported where nobody subscribes, and of one account where only its own endpoint does', () => {
    const ledger = account().grant('10');
    ledger.charge('1');
    ledger.account('umbrella').grant('10').subscribeToCommits('umbrella').charge('1');
    ledger.charge('1', { account: 'acme' });
    expect(ledger.events('authorization.committed').map(({ data }) => data.account)).toEqual(['umbrella']);
  });
});
