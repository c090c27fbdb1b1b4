import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');
const DAY = 86_400;

describe('a late commit', () => {
  it('is a direct charge against what is available now, marked late', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    ledger.charge('5');
    expect(ledger.commit(hold, '4')).toMatchObject({
      status: 'committed',
      late: true,
      committed: '4',
      committedAt: ledger.now,
    });
    expect(ledger.balance()).toEqual({ posted: '1', held: '0', available: '1' });
  });

  it('leaves the authorization closed as of its expiry', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    expect(ledger.advance(90).commit(hold).closedAt).toBe(hold.expiresAt);
  });

  it('of no amount means what was held', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.commit(hold, '3', { final: false });
    ledger.advance(60);
    const late = ledger.commit(hold);
    expect(late).toMatchObject({ status: 'committed', late: true, committed: '8' });
    expect(ledger.commit(hold)).toEqual(late);
    expect(ledger.commit(hold, '5')).toEqual(late);
  });

  it('of an explicit zero is committed, and charges nothing', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    expect(ledger.commit(hold, '0')).toMatchObject({ status: 'committed', late: true, committed: '0' });
  });

  it('follows the same overage policy: cap', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    ledger.authorize('7');
    expect(ledger.commit(hold)).toMatchObject({ committed: '3', uncollected: '5' });
  });

  it('follows the same overage policy: debt', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z')
      .account('acme', { overage: 'debt', overdraftLimit: '4' })
      .grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    ledger.charge('7');
    expect(ledger.commit(hold)).toMatchObject({ committed: '7', debtDrawn: '4', uncollected: '1' });
  });

  it('follows the same overage policy: reject, after which it may be tried again', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60, overage: 'reject' });
    ledger.advance(60);
    const other = ledger.authorize('7');
    expect(refusalOf(() => ledger.commit(hold))).toMatchObject({
      code: 'credits_held',
      required: '8',
      available: '3',
      shortfall: '5',
    });
    expect(ledger.find(hold).status).toBe('expired');
    ledger.void(other);
    expect(ledger.commit(hold)).toMatchObject({ committed: '8', late: true });
  });

  it('lands although the account is suspended', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    expect(ledger.suspend().commit(hold).committed).toBe('8');
  });

  it('is taken until 24 h after the expiry, and from that instant refused', () => {
    const ledger = account().grant('10');
    const [early, late] = [ledger.authorize('1', { holdSeconds: 60 }), ledger.authorize('1', { holdSeconds: 60 })];
    ledger.advance(60 + DAY - 0.001);
    expect(ledger.commit(early).committed).toBe('1');
    expect(refusalOf(() => ledger.advance(0.001).commit(late)).code).toBe('commit_too_late');
    expect(ledger.find(late)).toMatchObject({ status: 'expired', committed: '0' });
  });

  it('happens once: again with the same amount is the first result, with another is refused', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    const first = ledger.commit(hold, '4');
    expect(ledger.advance(2 * DAY).commit(hold, '4')).toEqual(first);
    expect(refusalOf(() => ledger.commit(hold, '5')).code).toBe('authorization_committed');
    expect(ledger.booked('usage')).toEqual(['4']);
  });

  it('is final even where it was sent as a part', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    expect(ledger.commit(hold, '3', { final: false })).toMatchObject({ status: 'committed', committed: '3' });
    expect(refusalOf(() => ledger.commit(hold, '2', { final: false })).code).toBe('authorization_committed');
  });

  it('may be in the same transaction that finds the hold expired', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60).inOneTransaction(() => {
      expect(ledger.commit(hold)).toMatchObject({ status: 'committed', late: true });
    });
    expect(ledger.balance()).toEqual({ posted: '2', held: '0', available: '2' });
  });

  it('gets nothing of the expired grant it was pinned to', () => {
    const ledger = account().grant('10', { expiresIn: 30 });
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60);
    expect(ledger.commit(hold)).toMatchObject({ committed: '0', uncollected: '8' });
  });
});
