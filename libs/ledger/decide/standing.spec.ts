import { Amount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { ownRulesFrom } from '../rules-json.ts';
import { budgetLedgerAt, type BudgetFixture } from '../testing/budget-fixture.ts';
import { accountRef, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { plain, type Plain } from '../testing/plain.ts';
import { ruledLedgerAt } from '../testing/ruled-fixture.ts';
import { findAccount, type DecisionContext } from './context.ts';
import { advice, exhaustedUses, standingOf, type LimitUse, type Standing } from './standing.ts';

const NOON = '2026-01-15T12:00:00Z';

function ledger(credits = '100'): BudgetFixture {
  return budgetLedgerAt(NOON).account('acme', { timeZone: 'UTC' }).grant(credits);
}

interface Asked {
  readonly tags?: Readonly<Record<string, string>>;
  readonly model?: string;
}

function standingIn(context: DecisionContext, { tags = {}, model }: Asked = {}, spanLimits: LimitUse[] = []): Standing {
  const account = findAccount(context, accountRef('acme'));
  if (!account) throw new Error('there is no such account');
  const usage = model === undefined ? [] : [{ event: 'chat', model }];
  return standingOf(
    context,
    account,
    { usage, tags, keyId: null },
    { spanLimits, byScope: true, unknownIsEmpty: true },
  );
}

function standing(acme: LedgerFixture, asked?: Asked): Standing {
  const found: Standing[] = [];
  acme.inOneTransaction((context) => found.push(standingIn(context, asked)));
  return found[0] as Standing;
}

function nearest(acme: LedgerFixture, asked?: Asked): Plain<LimitUse> | null {
  const found = standing(acme, asked).nearest;
  return found && plain(found);
}

describe('the standing of an account', () => {
  it('is ok until as much of its credits is used or held as the operator says', () => {
    const acme = ledger();
    acme.charge('50');
    const hold = acme.authorize('29.99');
    expect(advice(standing(acme), 80)).toBe('ok');
    acme.charge('0.01');
    expect(advice(standing(acme), 80)).toBe('economize');
    expect(advice(standing(acme), 81)).toBe('ok');
    acme.void(hold);
    expect(advice(standing(acme), 80)).toBe('ok');
    expect(plain(standing(acme))).toMatchObject({ available: '49.99', basis: '100', used: '50.01', isStopped: false });
  });

  it('is stop as soon as nothing is available, and with an overdraft not before that is used up', () => {
    const acme = ledger();
    acme.authorize('100');
    expect(advice(standing(acme), 100)).toBe('stop');
    acme.updateAccount({ overdraftLimit: '10' });
    expect(advice(standing(acme), 100)).toBe('economize');
    acme.authorize('10');
    expect(advice(standing(acme), 100)).toBe('stop');
  });

  it('looks at the credits that may pay for these requests', () => {
    const acme = ledger('1').grant('9', { scope: { models: ['large'] } });
    acme.charge('1');
    expect(plain(standing(acme, { model: 'large' }))).toMatchObject({ available: '9', isStopped: false });
    expect(plain(standing(acme, { model: 'small' }))).toMatchObject({ available: '0', isStopped: true });
  });

  it('names the limit that is used up the furthest, with what is held', () => {
    const acme = ledger('1000').budget('day', { amount: '100' }).budget('month', { amount: '200', period: 'month' });
    acme.charge('60');
    acme.authorize('25');
    expect(nearest(acme)).toEqual({
      kind: 'budget',
      name: 'day',
      value: null,
      limit: '100',
      used: '85',
      resetsAt: Date.parse('2026-01-16T00:00:00Z'),
      isHard: true,
    });
    expect(advice(standing(acme), 85)).toBe('economize');
    expect(advice(standing(acme), 86)).toBe('ok');
    acme.advance(12 * 3600);
    expect(nearest(acme)).toMatchObject({ name: 'month', used: '60' });
  });

  it('counts only the budgets that these requests fall under, for the value that they have', () => {
    const acme = ledger('1000')
      .budget('each', { amount: '10', per: 'user' })
      .budget('red', {
        amount: '10',
        scope: { team: ['red'] },
      });
    acme.charge('8', { tags: { user: 'u1', team: 'red' } });
    acme.charge('9', { tags: { user: 'u2', team: 'blue' } });
    expect(nearest(acme, { tags: { user: 'u1' } })).toMatchObject({ name: 'each', value: 'u1', used: '8' });
    expect(nearest(acme, { tags: { user: 'u3' } })).toMatchObject({ name: 'each', value: 'u3', used: '0' });
    expect(nearest(acme, { tags: { user: 'u3', team: 'red' } })).toMatchObject({ name: 'red', used: '8' });
  });

  it('is stop where a hard budget has no room, and never for a soft one', () => {
    const acme = ledger('1000').budget('soft', { amount: '5', mode: 'soft' }).budget('hard', { amount: '10' });
    acme.charge('9');
    expect(advice(standing(acme), 80)).toBe('economize');
    expect(standing(acme).nearest).toMatchObject({ limit: new Amount('5'), used: new Amount('9') });
    acme.charge('1');
    expect(advice(standing(acme), 80)).toBe('stop');
    acme.raiseBudget('hard', '100');
    expect(advice(standing(acme), 80)).toBe('economize');
  });

  it('is stop under a budget of nothing, of which all is used', () => {
    const acme = ledger().budget('none', { amount: '0' });
    expect(advice(standing(acme), 80)).toBe('stop');
  });

  it('is stop while the account is suspended, or closed', () => {
    const acme = ledger();
    acme.suspend();
    expect(advice(standing(acme), 80)).toBe('stop');
    acme.resume();
    expect(advice(standing(acme), 80)).toBe('ok');
    acme.close();
    expect(advice(standing(acme), 80)).toBe('stop');
  });

  it('is stop for the value of a tag that a rule has suspended', () => {
    const acme = ruledLedgerAt(NOON).account('acme').grant('100');
    acme.setRules('acme', { loop: [{ times: 3, action: 'suspend', tag: 'user' }] });
    const [rule] = ownRulesFrom({ loop: [{ times: 3, action: 'suspend', tag: 'user' }] }).loop ?? [];
    if (!rule) throw new Error('there is no rule');
    acme.restrain('acme', { kind: 'loop', rule, value: 'u1', windowStart: Date.parse(NOON), requests: 4 });
    expect(advice(standing(acme, { tags: { user: 'u1' } }), 80)).toBe('stop');
    expect(advice(standing(acme, { tags: { user: 'u2' } }), 80)).toBe('ok');
  });
});

describe('a limit over many accounts', () => {
  it('is known to decisions once it was found to be used up', () => {
    const limit = { id: 'limit', kind: 'key', amount: new Amount('50'), since: 0 } as const;
    const window = { start: 0, end: Date.parse('2026-02-01T00:00:00Z') };
    const figures = { spent: new Amount('45'), held: new Amount('4'), left: new Amount('1') };
    const exhausted = [{ limit: 'limit', amount: limit.amount, window, ...figures }];
    ledger().inOneTransaction((context) => {
      const account = findAccount(context, accountRef('acme'));
      if (!account) throw new Error('there is no such account');
      const usesOf = (known: typeof exhausted) => {
        const rules = { ...context.rules, spanLimits: { of: () => [limit], exhausted: known } };
        return exhaustedUses({ ...context, rules }, account, 'key');
      };
      expect(usesOf([])).toEqual([]);
      const uses = usesOf(exhausted);
      expect(plain(uses)).toMatchObject([{ kind: 'key', limit: '50', used: '49', resetsAt: window.end, isHard: true }]);
      expect(advice(standingIn(context, {}, uses), 80)).toBe('economize');
    });
  });
});
