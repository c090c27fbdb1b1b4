import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const START = '2026-01-01T00:00:00Z';
const DAY = 86_400;

const open = (): LedgerFixture => ledgerAt(START).account('acme', { name: 'Acme' });

describe('closing an account', () => {
  it('books what is left of every grant as breakage, of scheduled ones too', () => {
    const ledger = open().grant('10').grant('5', { effectiveIn: DAY }).grant('3', { expiresIn: DAY });
    ledger.charge('1');
    const { account, balance, created } = ledger.close();
    expect(account).toMatchObject({ status: 'closed', closure: { closedAt: ledger.now, remainder: 'breakage' } });
    expect({ balance, created }).toEqual({ balance: { posted: '0', held: '0' }, created: false });
    expect(ledger.booked('breakage').sort()).toEqual(['10', '2', '5']);
    expect(ledger.advance(2 * DAY).balance()).toEqual({ posted: '0', held: '0', available: '0' });
    expect(ledger.sweep().booked('breakage')).toHaveLength(3);
    ledger.checkPastBalances();
  });

  it('returns what is left to where it came from, and the grants are voided', () => {
    const ledger = open().grant('10').grant('4', { category: 'promotional' }).grant('5', { effectiveIn: DAY });
    ledger.charge('1');
    ledger.close('return');
    const returned = ledger.transfers('grant_void').map(({ credit, amount }) => `${credit} ${amount}`);
    expect(returned.sort()).toEqual(['funding:paid 10', 'funding:paid 5', 'funding:promotional 3']);
    expect(ledger.booked('breakage')).toEqual([]);
    ledger.advance(2 * DAY).checkPastBalances();
  });

  it('emits how much it was, and for each grant what it lost, and no alert about an empty balance', () => {
    const ledger = open()
      .grant('10')
      .setAlerts({ percent: [50], remaining: ['5'] });
    ledger.close('return');
    const [, event, loss] = ledger.events();
    expect(ledger.events().map(({ type }) => type)).toEqual([
      'grant.created',
      'account.closed',
      'grant.remainder_voided',
    ]);
    expect(loss?.data).toMatchObject({ amount_voided: '10', remaining: '0' });
    expect(event).toMatchObject({
      type: 'account.closed',
      data: {
        account: 'acme',
        status: 'closed',
        remainder: 'return',
        amount_left: '10',
        balance: { posted: '0', held: '0', available: '0', unit: 'credits' },
      },
    });
  });

  it('is refused while an authorization is open, also one that holds nothing any more', () => {
    const ledger = open().grant('10');
    const hold = ledger.authorize('4');
    const refusal = { code: 'account_has_open_holds', account: 'acme' };
    expect(refusalOf(() => ledger.close())).toEqual(refusal);
    ledger.commit(hold, '4', { final: false });
    expect(refusalOf(() => ledger.close())).toEqual(refusal);
    ledger.void(hold);
    expect(ledger.close().account.status).toBe('closed');
  });

  it('is possible as soon as the last hold has lapsed, whether or not that is booked', () => {
    const ledger = open().grant('10');
    ledger.authorize('4', { holdSeconds: 60 });
    expect(ledger.advance(60).close().account.status).toBe('closed');
    expect(ledger.booked('breakage')).toEqual(['10']);
  });

  it('again gives the same, whatever is asked for then', () => {
    const ledger = open().grant('10');
    const first = ledger.close('return');
    const again = ledger.advance(DAY).close('breakage');
    expect(again.account).toMatchObject({ status: 'closed', closure: first.account.closure });
    expect(ledger.events('account.closed')).toHaveLength(1);
  });

  it('leaves a debt as it is', () => {
    const ledger = ledgerAt(START).account('acme', { overdraftLimit: '5', overage: 'debt' });
    ledger.charge('5');
    expect(ledger.close().balance).toEqual({ posted: '-5', held: '0' });
    expect(ledger.debt()).toBe('5');
  });

  it('of a suspended account is final too: nothing resumes it', () => {
    const ledger = open().suspend();
    ledger.close();
    expect(refusalOf(() => ledger.resume())).toEqual({ code: 'account_closed', account: 'acme' });
  });

  it('is refused for an account that is not there', () => {
    expect(refusalOf(() => open().close('return', 'none'))).toEqual({ code: 'account_not_found', account: 'none' });
  });
});

describe('a closed account', () => {
  const refusal = { code: 'account_closed', account: 'acme' };

  it('takes nothing new', () => {
    const ledger = open().grant('10');
    ledger.close();
    for (const ask of [
      () => ledger.authorize('1'),
      () => ledger.charge('1'),
      () => ledger.createGrant('1'),
      () => ledger.suspend(),
      () => ledger.updateAccount({ name: 'Other' }),
      () => ledger.setAlerts({ percent: [50] }),
    ])
      expect(refusalOf(ask)).toEqual(refusal);
    expect(ledger.authorizeBatch('independent', [{ amount: '1' }]).items).toEqual([{ ok: false, refusal }]);
  });

  it('is found by whoever would create it again', () => {
    const ledger = open();
    ledger.close();
    expect(ledger.createAccount('acme', { name: 'Acme' })).toMatchObject({
      created: false,
      account: { status: 'closed' },
    });
  });

  it('still takes late commits: nothing is left for them, and only debt may be added', () => {
    const ledger = ledgerAt(START).account('acme', { overdraftLimit: '5' }).grant('10');
    const [capped, owed] = [
      ledger.authorize('4', { holdSeconds: 60 }),
      ledger.authorize('4', { holdSeconds: 60, overage: 'debt' }),
    ];
    ledger.advance(60).close();
    expect(ledger.commit(capped)).toMatchObject({ status: 'committed', late: true, committed: '0', uncollected: '4' });
    expect(ledger.commit(owed)).toMatchObject({ status: 'committed', late: true, committed: '4' });
    expect(ledger.debt()).toBe('4');
  });

  it.each([
    ['breakage' as const, 'breakage'],
    ['return' as const, 'funding:paid'],
  ])('that was closed with %s takes refunds, and the credits go to %s', (remainder, target) => {
    const ledger = open().grant('10').grant('2', { expiresIn: DAY });
    const charge = ledger.charge('6');
    ledger.close(remainder);
    expect(ledger.refund(charge, '3').refunded).toBe('3');
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
    const last = ledger.transfers().at(-1);
    expect([last?.credit, last?.amount]).toEqual([target, '3']);
    const loss = ledger.events().at(-1);
    expect(loss?.type).toBe(remainder === 'return' ? 'grant.remainder_voided' : 'grant.remainder_expired');
    ledger.checkPastBalances();
  });

  it('pays refunds to its debt first, and to the grants that repaid it, which do not come back to life', () => {
    const ledger = ledgerAt(START).account('acme', { overdraftLimit: '8', overage: 'debt' });
    const charge = ledger.charge('8');
    ledger.grant('5');
    ledger.close('return');
    expect(ledger.debt()).toBe('3');
    ledger.refund(charge);
    expect(ledger.debt()).toBe('0');
    expect(ledger.balance().posted).toBe('0');
    expect(ledger.booked('grant_void')).toEqual(['5']);
  });
});
