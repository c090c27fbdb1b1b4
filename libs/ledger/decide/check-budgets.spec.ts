import { describe, expect, it } from '@jest/globals';
import { budgetLedgerAt, type BudgetFixture } from '../testing/budget-fixture.ts';
import { plain } from '../testing/plain.ts';
import { RATE_CARD } from '../testing/priced-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

function ledger(time = '2026-01-15T12:00:00Z', timeZone = 'UTC'): BudgetFixture {
  return budgetLedgerAt(time).account('acme', { timeZone }).grant('100000');
}

const exceeded = (ask: () => unknown): string => {
  const refusal = refusalOf(ask);
  return refusal.code === 'budget_exceeded' ? refusal.name : refusal.code;
};

describe('a hard budget', () => {
  it('declines what it has no room for, to the last digit, and counts what is held', () => {
    const acme = ledger().budget('day', { amount: '10' });
    acme.authorize('9.999999999999');
    expect(exceeded(() => acme.authorize('0.000000000002'))).toBe('day');
    acme.charge('0.000000000001');
    expect(exceeded(() => acme.charge('0.000000000001'))).toBe('day');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '0.000000000001', reserved: '9.999999999999', overrun: '0' }]);
  });

  it('says which it is, how far it is used up, and when it begins anew', () => {
    const acme = ledger().budget('day', { amount: '10', id: '01920000-0000-7000-8000-000000000001' });
    acme.charge('4');
    acme.authorize('5');
    expect(plain(refusalOf(() => acme.authorize('7')))).toEqual({
      code: 'budget_exceeded',
      account: 'acme',
      budget: '01920000-0000-7000-8000-000000000001',
      name: 'day',
      value: null,
      required: '7',
      limit: '10',
      spent: '4',
      held: '5',
      resetsAt: Date.parse('2026-01-16T00:00:00Z'),
      retryAfterSeconds: null,
      expiryIsExact: true,
    });
  });

  it('says when to ask again only where a release of open holds would make enough room', () => {
    const acme = ledger().budget('day', { amount: '10' });
    acme.charge('4');
    acme.authorize('5', { holdSeconds: 60 });
    expect(refusalOf(() => acme.authorize('6'))).toMatchObject({ retryAfterSeconds: 60, expiryIsExact: true });
    expect(refusalOf(() => acme.authorize('6.1'))).toMatchObject({ retryAfterSeconds: null });
    acme.advance(60);
    expect(acme.authorize('6').held).toBe('6');
  });

  it('waits as long as holds of the account usually last, and not longer than its period does', () => {
    const acme = ledger('2026-01-15T23:59:00Z').budget('day', { amount: '10' });
    const hold = acme.authorize('1');
    acme.advance(20).void(hold);
    acme.authorize('9');
    expect(refusalOf(() => acme.authorize('6'))).toMatchObject({ retryAfterSeconds: 20 });
    acme.advance(30);
    expect(refusalOf(() => acme.authorize('6'))).toMatchObject({ retryAfterSeconds: 10 });
  });

  it('declines before credits do, and after the account’s suspension', () => {
    const acme = budgetLedgerAt('2026-01-15T12:00:00Z').account('acme').grant('5').budget('day', { amount: '1' });
    expect(exceeded(() => acme.authorize('10'))).toBe('day');
    expect(exceeded(() => acme.suspend().authorize('10'))).toBe('account_suspended');
  });

  it('of several, the first that falls short is named', () => {
    const acme = ledger()
      .budget('wide', { amount: '50' })
      .budget('narrow', { amount: '10' })
      .budget('none', { amount: '5' });
    expect(exceeded(() => acme.charge('7'))).toBe('none');
    expect(exceeded(() => acme.charge('20'))).toBe('narrow');
    expect(exceeded(() => acme.charge('70'))).toBe('wide');
    acme.charge('5');
    for (const name of ['wide', 'narrow', 'none']) expect(acme.windowsOf(name)).toMatchObject([{ used: '5' }]);
  });
});

describe('commits', () => {
  it('are never declined: what they take beyond the hold is counted, apart, and the next request is declined', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const hold = acme.authorize('8');
    acme.commit(hold, '12');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '12', reserved: '0', overrun: '2' }]);
    expect(exceeded(() => acme.charge('0.1'))).toBe('day');
  });

  it('overrun only by what is beyond the limit', () => {
    const acme = ledger().budget('day', { amount: '10' });
    acme.commit(acme.authorize('4'), '9');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '9', overrun: '0' }]);
  });

  it('come in parts and late, and count in the window in which the hold was made', () => {
    const acme = ledger('2026-01-15T23:50:00Z').budget('day', { amount: '10' });
    const hold = acme.authorize('6', { holdSeconds: 300 });
    acme.commit(hold, '2', { final: false });
    expect(acme.windowsOf('day')).toMatchObject([{ used: '2', reserved: '4' }]);
    acme.advance(3600).charge('1');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '2', reserved: '0' }, { used: '1' }]);
    acme.commit(hold, '9');
    expect(acme.windowsOf('day')).toMatchObject([
      { used: '11', reserved: '0', overrun: '1', end: '2026-01-16T00:00:00.000Z' },
      { used: '1', overrun: '0' },
    ]);
  });

  it('free what they don’t use, as voids and expiries do', () => {
    const acme = ledger().budget('day', { amount: '10' });
    acme.commit(acme.authorize('10'), '3');
    acme.void(acme.authorize('7'));
    acme.authorize('7', { holdSeconds: 10 });
    acme.advance(10).sweep();
    expect(acme.windowsOf('day')).toMatchObject([{ used: '3', reserved: '0', overrun: '0' }]);
  });
});

describe('refunds and adjustments', () => {
  it('give back what was used, of what overran first', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const hold = acme.commit(acme.authorize('8'), '14');
    acme.refund(hold, '3');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '11', overrun: '1' }]);
    acme.refund(hold, '6');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '5', overrun: '0' }]);
    expect(acme.authorize('5').held).toBe('5');
  });
});

describe('more for a hold', () => {
  it('needs room in the windows in which the hold was made', () => {
    const acme = ledger('2026-01-15T23:59:50Z').budget('day', { amount: '10' });
    const hold = acme.authorize('8');
    acme.advance(60);
    expect(exceeded(() => acme.extend(hold, { amount: '3' }))).toBe('day');
    expect(refusalOf(() => acme.extend(hold, { amount: '3' }))).toMatchObject({ held: '0', retryAfterSeconds: null });
    acme.extend(hold, { amount: '2' });
    expect(acme.windowsOf('day')).toMatchObject([{ reserved: '10' }]);
    expect(acme.authorize('10').held).toBe('10');
  });

  it('is bound by none that came after it, was deleted, or doesn’t count it any more', () => {
    const acme = ledger().budget('gone', { amount: '5' }).budget('other', { amount: '5' });
    const hold = acme.authorize('5');
    acme.deleteBudget('gone');
    acme.budget('other', { amount: '5', scope: { team: ['red'] } }).budget('new', { amount: '1' });
    expect(acme.extend(hold, { amount: '50' }).held).toBe('55');
    expect(acme.windowsOf('gone')).toMatchObject([{ reserved: '55', overrun: '0' }]);
    expect(acme.windowsOf('new')).toEqual([]);
  });
});

describe('batches', () => {
  it('count their items against each other, and take all back where one is refused', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const items = [{ amount: '6' }, { amount: '5' }];
    const refusal = refusalOf(() => acme.authorizeBatch('all_or_nothing', items));
    expect(plain(refusal)).toMatchObject({
      code: 'budget_exceeded',
      held: '0',
      required: '5',
      retryAfterSeconds: null,
    });
    expect(acme.windowsOf('day')).toEqual([]);
    expect(exceeded(() => acme.chargeBatch('all_or_nothing', items))).toBe('day');
    acme.chargeBatch('independent', items);
    expect(acme.windowsOf('day')).toMatchObject([{ used: '6', reserved: '0' }]);
    acme.authorizeBatch('all_or_nothing', [{ amount: '1' }, { amount: '3' }]);
    expect(acme.windowsOf('day')).toMatchObject([{ used: '6', reserved: '4' }]);
  });

  it('that are refused leave a new limit as it was', () => {
    const acme = ledger().budget('day', { amount: '10', mode: 'soft' });
    acme.charge('12');
    acme.budget('day', { amount: '20' });
    const items = [{ amount: '6' }, { amount: '5' }];
    expect(exceeded(() => acme.authorizeBatch('all_or_nothing', items))).toBe('day');
    expect(exceeded(() => acme.chargeBatch('all_or_nothing', items))).toBe('day');
    acme.chargeBatch('all_or_nothing', [{ amount: '6' }, { amount: '2' }]);
    expect(acme.windowsOf('day')).toMatchObject([{ used: '20', overrun: '0' }]);
  });

  it('don’t wait for what only one of two items could have', () => {
    const acme = ledger().budget('day', { amount: '9' });
    acme.authorize('8');
    const [first, second] = acme.authorizeBatch('independent', [{ amount: '5' }, { amount: '5' }]).items;
    expect([first, second]).toMatchObject([
      { refusal: { retryAfterSeconds: 900 } },
      { refusal: { retryAfterSeconds: 900 } },
    ]);
    const ask = (): unknown => acme.authorizeBatch('all_or_nothing', [{ amount: '5' }, { amount: '5' }]);
    expect(refusalOf(ask)).toMatchObject({ retryAfterSeconds: null });
  });
});

describe('a soft budget', () => {
  it('declines nothing, and counts', () => {
    const acme = ledger().budget('day', { amount: '10', mode: 'soft' });
    acme.charge('25');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '25', overrun: '0' }]);
  });

  it('that becomes hard declines from then on, whatever was spent before', () => {
    const acme = ledger().budget('day', { amount: '10', mode: 'soft' });
    acme.charge('25');
    acme.budget('day', { amount: '10' });
    expect(exceeded(() => acme.charge('1'))).toBe('day');
    acme.budget('day', { amount: '30' }).charge('5');
    expect(exceeded(() => acme.charge('1'))).toBe('day');
    acme.budget('day', { amount: '30', mode: 'soft' }).charge('100');
    acme.budget('day', { amount: '140' }).charge('10');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '140', overrun: '0' }]);
  });
});

describe('a raise', () => {
  it('is the limit for its time, and no longer', () => {
    const acme = ledger().budget('day', { amount: '10' });
    acme.charge('10');
    acme.raiseBudget('day', '15', 60);
    acme.charge('4');
    expect(exceeded(() => acme.charge('2'))).toBe('day');
    acme.advance(60);
    expect(refusalOf(() => acme.charge('1'))).toMatchObject({ limit: '10' });
    acme.raiseBudget('day', '20', 60);
    acme.charge('6');
    acme.raiseBudget('day');
    expect(exceeded(() => acme.charge('0.1'))).toBe('day');
  });
});

describe('an end', () => {
  it('is exclusive: from then on the budget counts nothing', () => {
    const acme = ledger().budget('day', { amount: '10', until: 60 });
    acme.advance(59.999);
    expect(exceeded(() => acme.charge('11'))).toBe('day');
    acme.advance(0.001).charge('11');
    expect(acme.windowsOf('day')).toEqual([]);
  });
});

describe('identity', () => {
  it('is the name: deleted and made again, it goes on', () => {
    const acme = ledger().budget('day', { amount: '10' });
    acme.charge('8');
    acme.deleteBudget('day');
    acme.charge('50');
    acme.budget('day', { amount: '10' });
    expect(exceeded(() => acme.charge('3'))).toBe('day');
    acme.charge('2');
    expect(acme.windowsOf('day')).toMatchObject([{ used: '10' }]);
  });

  it('of another period is another count', () => {
    const acme = ledger().budget('cap', { amount: '10' });
    acme.charge('8');
    acme.budget('cap', { amount: '10', period: 'month' });
    acme.charge('10');
    expect(exceeded(() => acme.charge('1'))).toBe('cap');
    acme.budget('cap', { amount: '10' });
    acme.charge('2');
    expect(exceeded(() => acme.charge('1'))).toBe('cap');
  });
});

describe('budgets that every account has', () => {
  it('count beside an account’s own, but for one by the same name', () => {
    const acme = ledger().setCommonBudgets({ name: 'common', amount: '10' }, { name: 'day', amount: '1' });
    acme.budget('day', { amount: '20' });
    expect(exceeded(() => acme.charge('11'))).toBe('common');
    acme.charge('10');
    acme.account('beta').grant('100');
    expect(exceeded(() => acme.charge('2', { account: 'beta' }))).toBe('day');
    acme.charge('1', { account: 'beta' });
    expect(acme.windowsOf('common')).toMatchObject([{ used: '1' }]);
  });
});

describe('requests by usage', () => {
  const PRICES = [
    {
      event: 'chat',
      components: [
        { quantity: 'input_tokens', amount: '1', included: 5, counted: 'month' },
        { quantity: 'output_tokens', amount: '1' },
      ],
    },
  ];
  const priced = (amount: string): BudgetFixture => {
    const acme = budgetLedgerAt('2026-01-15T12:00:00Z').publish(PRICES).account('acme', { rateCard: RATE_CARD });
    acme.grant('1000').budget('day', { amount });
    return acme;
  };

  it('are held for no more output than there is room for, where they are to fit', () => {
    const acme = priced('30');
    const output = { max: 100, min: 10, fit: true };
    const hold = acme.authorizeUsage({ event: 'chat', input_tokens: 10 }, { output });
    expect([hold.amount, hold.pricing?.maxOutputTokens]).toEqual(['30', 25]);
    expect(refusalOf(() => acme.authorizeUsage({ event: 'chat' }, { output }))).toMatchObject({
      code: 'budget_exceeded',
      required: '10',
      held: '30',
    });
  });

  it('may cost nothing in a batch that is taken back, beside others that do', () => {
    const acme = priced('5');
    const free = { usage: [{ event: 'chat', input_tokens: 1, output_tokens: 0 }] };
    acme.inOneTransaction(() => {
      acme.authorizeUsage(free.usage);
      const items = [free, free, { amount: '6' }];
      expect(exceeded(() => acme.authorizeBatch('all_or_nothing', items))).toBe('day');
      expect(exceeded(() => acme.chargeBatch('all_or_nothing', items))).toBe('day');
    });
    expect(acme.windowsOf('day')).toMatchObject([{ used: '0', reserved: '0' }]);
    expect(exceeded(() => acme.authorizeBatch('all_or_nothing', [free, free, { amount: '6' }]))).toBe('day');
    acme.advance(86_400);
    expect(exceeded(() => acme.authorizeBatch('all_or_nothing', [free, free, { amount: '6' }]))).toBe('day');
    expect(acme.windowsOf('day')).toHaveLength(1);
  });

  it('are never declined where they cost nothing', () => {
    const acme = priced('0');
    expect(acme.chargeUsage({ event: 'chat', input_tokens: 5 }).committed).toBe('0');
    expect(exceeded(() => acme.chargeUsage({ event: 'chat', input_tokens: 1 }))).toBe('day');
  });

  it('are counted by what they turn out to cost after all', () => {
    const acme = priced('30');
    const hold = acme.authorizeUsage({ event: 'chat', output_tokens: 20 });
    acme.commitUsage(hold, { event: 'chat', output_tokens: 25 });
    acme.adjust(hold, { event: 'chat', output_tokens: 34 });
    expect(acme.windowsOf('day')).toMatchObject([{ used: '34', reserved: '0', overrun: '4' }]);
    acme.adjust(hold, { event: 'chat', output_tokens: 12 });
    expect(acme.windowsOf('day')).toMatchObject([{ used: '12', overrun: '0' }]);
  });

  it('that are extended are held against it too', () => {
    const acme = priced('30');
    const hold = acme.authorizeUsage({ event: 'chat', output_tokens: 20 });
    expect(exceeded(() => acme.extendUsage(hold, { event: 'chat', output_tokens: 11 }))).toBe('day');
    expect(acme.extendUsage(hold, { event: 'chat', output_tokens: 10 }).held).toBe('30');
    expect(acme.commit(hold).committed).toBe('30');
  });
});
