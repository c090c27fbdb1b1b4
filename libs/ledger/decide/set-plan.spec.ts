import { describe, expect, it } from '@jest/globals';
import { planBudget, plannedLedgerAt, planOf, type PlanFixture } from '../testing/plan-fixture.ts';

/** April has thirty days, of which half are left on the 16th. */
const HALF = '2026-04-16T00:00:00Z';
function setOf(ledger: PlanFixture) {
  const { terms, alerts } = ledger.state().account;
  return { overdraft: terms.overdraftLimit.toFixed(), percent: alerts.rules.percent };
}

const account = (options = {}): PlanFixture => plannedLedgerAt('2026-04-01T00:00:00Z').account('acme', options);
const STARTER = planOf('Starter', { allowance: '1000' });
const PRO = planOf('Pro', { allowance: '2000' });

describe('a plan', () => {
  it('brings its allowance at once, and again with every period', () => {
    const ledger = account().on(STARTER);
    expect(ledger.available()).toBe('1000');
    ledger.charge('300');
    expect(ledger.until('2026-05-01T00:00:00Z').granted()).toEqual(['2026-04-01 +1000 (0)', '2026-05-01 +1000 (1000)']);
    expect(ledger.planNow()).toMatchObject({ current: { name: 'Starter', since: Date.parse('2026-04-01') } });
  });

  it('keeps what was bought and what was granted when it ends, and grants nothing more', () => {
    const ledger = account().grant('50').on(STARTER).until(HALF).on(null);
    expect(ledger.available()).toBe('1050');
    expect(ledger.until('2026-07-01T00:00:00Z').available()).toBe('50');
    expect(ledger.planNow()).toMatchObject({ current: null, next: null });
    expect(ledger.lastChange()).toMatchObject({ plan: null, taken_back: '0', granted: '0' });
  });

  it('is replaced when its period ends, before the next allowance is granted', () => {
    const ledger = account().on(PRO).until(HALF).on(STARTER, 'next_period');
    expect(ledger.planNow()).toMatchObject({ current: { name: 'Pro' }, next: { at: Date.parse('2026-05-01') } });
    expect(ledger.until('2026-05-01T00:00:00Z').available()).toBe('1000');
    expect(ledger.lastChange()).toMatchObject({ name: 'Starter', effective_at: '2026-05-01T00:00:00.000Z' });
    expect(ledger.planNow()).toMatchObject({ current: { name: 'Starter' }, next: null });
  });

  it('is replaced by the last change that was asked for, or stays where that is to what it is', () => {
    const ledger = account().on(PRO).on(STARTER, 'next_period').on(null, 'next_period');
    expect(ledger.planNow()).toMatchObject({ next: { to: null } });
    ledger.on(PRO, 'next_period');
    expect(ledger.planNow()).toMatchObject({ next: null });
    expect(ledger.until('2026-05-02T00:00:00Z').available()).toBe('2000');
  });

  it('is changed at once where no period is running', () => {
    expect(account().on(STARTER, 'next_period').available()).toBe('1000');
    const plain = planOf('Plain', {}, { overdraft_limit: '5' });
    expect(account().on(plain).on(STARTER, 'next_period').available()).toBe('1000');
  });

  it('keeps the 31st, by the clocks of its time zone', () => {
    const ledger = plannedLedgerAt('2027-01-30T23:00:00Z').account('acme', { timeZone: 'Europe/Berlin' }).on(STARTER);
    ledger.until('2027-03-15T00:00:00Z').on(PRO, 'next_period').until('2027-06-15T00:00:00Z');
    expect(ledger.granted()).toEqual([
      '2027-01-30T23:00:00.000Z +1000 (0)',
      '2027-02-27T23:00:00.000Z +1000 (0)',
      '2027-03-30T22:00:00.000Z +2000 (0)',
      '2027-04-29T22:00:00.000Z +2000 (0)',
      '2027-05-30T22:00:00.000Z +2000 (2000)',
    ]);
  });
});

describe('an allowance whose plan names when periods begin', () => {
  const calendar = { anchor: '2026-01-01T00:00:00Z', prorate_first: true };
  const small = planOf('Small', { allowance: { amount: '1000', ...calendar } });
  const large = planOf('Large', { allowance: { amount: '2000', ...calendar } });

  it('brings as much in a shorter first period as goes with it, and is granted anew at the next', () => {
    const ledger = account().until(HALF).on(small);
    expect(ledger.available()).toBe('500');
    expect(ledger.until('2026-06-02T00:00:00Z').granted()).toEqual([
      '2026-04-16 +500 (0)',
      '2026-05-01 +1000 (0)',
      '2026-06-01 +1000 (1000)',
    ]);
  });

  it('keeps its periods when the plan changes', () => {
    expect(account().on(small).until(HALF).on(large, 'prorated').available()).toBe('1500');
    const later = account().on(small).until(HALF).on(large, 'next_period').until('2026-05-02T00:00:00Z');
    expect(later.available()).toBe('2000');
  });

  it('begins by them when the period of the plan before is over', () => {
    const ledger = plannedLedgerAt('2026-03-16T00:00:00Z').account('acme').on(STARTER);
    ledger.until('2026-04-01T00:00:00Z').on(large);
    expect(ledger.until('2026-05-02T00:00:00Z').granted()).toEqual([
      '2026-03-16 +1000 (0)',
      '2026-04-16 +1000 (0)',
      '2026-05-01 +2000 (2000)',
    ]);
  });
});

describe('a change of plans now', () => {
  it('grants the new allowance with the next period, where it has the name of the old one', () => {
    const ledger = account().on(STARTER).until(HALF).on(PRO);
    expect(ledger.available()).toBe('1000');
    expect(ledger.until('2026-05-01T00:00:00Z').available()).toBe('2000');
  });

  it('grants nothing twice on the way to another plan and back', () => {
    const other = planOf('Other', { credits: '500' });
    const ledger = account().on(STARTER).until(HALF).on(other).on(STARTER).on(other).on(STARTER);
    expect(ledger.granted()).toEqual(['2026-04-01 +1000 (1000)', '2026-04-16 +500 (500)']);
    expect(ledger.until('2026-05-01T00:00:00Z').granted('allowance').at(-1)).toBe('2026-05-01 +1000 (1000)');
    expect(ledger.until('2026-06-01T00:00:00Z').granted('credits')).toEqual(['2026-04-16 +500 (0)']);
  });
});

describe('a prorated change', () => {
  it('takes back of the old allowance what goes with the time left, and grants as much of the new one', () => {
    const ledger = account().on(STARTER);
    ledger.charge('300');
    ledger.until(HALF).on(PRO, 'prorated');
    expect(ledger.lastChange()).toMatchObject({ taken_back: '500', granted: '1000' });
    expect(ledger.granted()).toEqual(['2026-04-01 +1000 (200)', '2026-04-16 +1000 (1000)']);
    expect(ledger.until('2026-05-01T00:00:00Z').available()).toBe('2000');
  });

  it('takes back nothing that is spent or held', () => {
    const ledger = account().on(STARTER);
    ledger.charge('700');
    ledger.authorize('250');
    ledger.until(HALF).on(PRO, 'prorated');
    expect(ledger.lastChange()).toMatchObject({ taken_back: '300', granted: '1000' });
  });

  it('comes to what there was where it goes to another plan and back', () => {
    for (const spent of ['0', '400', '900', '1000']) {
      const ledger = account().on(STARTER);
      if (spent !== '0') ledger.charge(spent);
      ledger.until(HALF);
      const before = ledger.available();
      for (let round = 0; round < 3; round++) ledger.on(PRO, 'prorated').on(STARTER, 'prorated');
      expect([spent, ledger.available()]).toEqual([spent, before]);
    }
  });

  it('grants nothing twice where the plan was left before without being prorated', () => {
    for (const spent of ['0', '400', '900', '1000']) {
      const ledger = account().on(STARTER);
      if (spent !== '0') ledger.charge(spent);
      ledger.until(HALF);
      const before = ledger.available();
      for (let round = 0; round < 3; round++) ledger.on(null).on(STARTER, 'prorated');
      expect([spent, ledger.available()]).toEqual([spent, before]);
    }
    const ledger = account().on(STARTER).until(HALF).on(null).on(PRO, 'prorated');
    expect(ledger.lastChange()).toMatchObject({ taken_back: '500', granted: '1000' });
  });

  it('never grants more of a plan than goes with the time on it, beyond what was spent before', () => {
    const ledger = account().on(STARTER);
    ledger.charge('1000');
    ledger.until(HALF).on(PRO, 'prorated').until('2026-04-23T12:00:00Z').on(STARTER, 'prorated');
    // A quarter of the month is left, which goes with 250; 500 were spent in advance.
    expect(ledger.lastChange()).toMatchObject({ taken_back: '500', granted: '0' });
    expect(ledger.until('2026-05-01T00:00:00Z').available()).toBe('1000');
  });

  it('keeps the periods where the allowances have other names', () => {
    const other = planOf('Other', { credits: '3000' });
    const ledger = account().on(STARTER).until(HALF).on(other, 'prorated');
    expect(ledger.granted()).toEqual(['2026-04-01 +1000 (500)', '2026-04-16 +1500 (1500)']);
    expect(ledger.until('2026-05-01T00:00:00Z').available()).toBe('3000');
    expect(ledger.until('2026-05-16T00:00:00Z').on(STARTER, 'prorated').lastChange()).toMatchObject({
      granted: '516.129032258065',
    });
  });

  it('begins a new period where the new one’s is of another length', () => {
    const yearly = planOf('Yearly', { credits: { amount: '12000', interval: 'year' } });
    const ledger = account().on(STARTER).until(HALF).on(yearly, 'prorated');
    expect(ledger.lastChange()).toMatchObject({ taken_back: '500', granted: '0' });
    expect(ledger.available()).toBe('12500');
    expect(ledger.until('2027-04-16T00:00:00Z').available()).toBe('12000');
  });

  it('takes nothing back that was granted for no time: without a plan there is nothing to settle', () => {
    const ledger = account().grant('70').on(STARTER, 'prorated');
    expect(ledger.lastChange()).toMatchObject({ taken_back: '0', granted: '0', previous: null });
    expect(ledger.available()).toBe('1070');
  });

  it('rolls over what is left of both parts', () => {
    const rolling = (amount: string) => ({
      allowance: { amount, rollover: { max: null, percent: null, periods: null } },
    });
    const ledger = account().on(planOf('A', rolling('1000')));
    ledger
      .until(HALF)
      .on(planOf('B', rolling('2000')), 'prorated')
      .until('2026-05-01T00:00:00Z');
    expect(ledger.available()).toBe('3500');
  });
});

describe('what a plan sets', () => {
  const terms = { overdraft_limit: '100', alerts: { percent: [90], remaining: null } };
  const limited = planOf('Limited', {}, { ...terms, budgets: [planBudget('month', '10'), planBudget('own', '20')] });

  it('goes back to what the account had of its own when the plan ends', () => {
    const ledger = account({ overdraftLimit: '7' }).on(limited);
    expect(setOf(ledger)).toEqual({ overdraft: '100', percent: [90] });
    ledger.on(STARTER);
    expect(setOf(ledger)).toEqual({ overdraft: '7', percent: null });
  });

  it('is the account’s own where somebody has set it meanwhile', () => {
    const ledger = account({ overdraftLimit: '7' }).on(limited);
    ledger.updateAccount({ overdraftLimit: '30' });
    expect(setOf(ledger.on(null))).toEqual({ overdraft: '30', percent: null });
  });

  it('replaces the budgets that the plan before has brought, and leaves the account its own', () => {
    const ledger = account().ownBudget('own', '1').on(limited);
    expect(ledger.budgets()).toEqual({ own: '1', month: '10' });
    const first = ledger.budgetId('month');
    ledger.on(planOf('Next', {}, { budgets: [planBudget('month', '15'), planBudget('day', '2')] }));
    expect(ledger.budgets()).toEqual({ own: '1', month: '15', day: '2' });
    expect(ledger.budgetId('month')).toBe(first);
    expect(ledger.on(null).budgets()).toEqual({ own: '1' });
  });

  it('is refused for a rate card in another unit', () => {
    const priced = { ...planOf('Priced', {}), cardUnit: 'EUR' };
    expect(() => account().on(priced)).toThrow('unit_mismatch');
  });

  it('leaves a recurring grant of the account’s own by the name of the plan’s', () => {
    const ledger = account().recurring('allowance', '7').on(STARTER);
    expect(ledger.available()).toBe('7');
    expect(ledger.on(null).until('2026-05-01T00:00:00Z').available()).toBe('7');
  });
});

describe('a new version of a plan', () => {
  const second = { ...planOf('Starter', { allowance: '1500' }, { overdraft_limit: '9' }), version: 2 };

  it('is taken by accounts on it with the first period that begins then or later', () => {
    const ledger = account().on(STARTER).publish(second, '2026-05-10T00:00:00Z');
    expect(ledger.until('2026-05-20T00:00:00Z').available()).toBe('1000');
    expect(ledger.until('2026-06-01T00:00:00Z').available()).toBe('1500');
    expect(ledger.lastChange()).toMatchObject({ version: 2, effective_at: '2026-06-01T00:00:00.000Z' });
    expect(ledger.planNow()).toMatchObject({ current: { version: 2, since: Date.parse('2026-04-01') } });
  });

  it('is taken at that period however late anybody comes by', () => {
    const ledger = account().on(STARTER).publish(second, '2026-05-10T00:00:00Z').until('2026-08-02T00:00:00Z');
    expect(ledger.granted().map((one) => one.split(' ')[1])).toEqual(['+1000', '+1000', '+1500', '+1500', '+1500']);
    expect(ledger.events('plan.changed')).toHaveLength(2);
  });

  it('is taken by accounts that are to come to the plan by then', () => {
    const ledger = account().on(PRO).on(STARTER, 'next_period').publish(second, '2026-04-20T00:00:00Z');
    expect(ledger.until('2026-05-01T00:00:00Z').available()).toBe('1500');
    expect(ledger.planNow()).toMatchObject({ current: { version: 2 } });
  });

  it('leaves accounts alone that came to it since', () => {
    const ledger = account()
      .publish(second, '2026-03-01T00:00:00Z')
      .on({ ...second, version: 3 });
    expect(ledger.until('2026-06-01T00:00:00Z').events('plan.changed')).toHaveLength(1);
  });
});
