import { Amount } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { BudgetScope, type Spender } from './budget-scope.ts';
import { budgetOf, type BudgetOptions } from './testing/fixture-options.ts';

const KEY = '01920000-0000-7000-8000-000000000001';
const PUBLIC_KEY = 'key_01j8000000e008000000000001';

function scope(options: BudgetOptions): BudgetScope {
  return new BudgetScope(budgetOf('cap', options, 0));
}

function request(asked: Partial<Spender>): Spender {
  return { usage: [], tags: {}, keyId: null, ...asked };
}

function counts(options: BudgetOptions, asked: Partial<Spender>): boolean {
  return scope(options).countersOf(request(asked)).length > 0;
}

function values(options: BudgetOptions, asked: Partial<Spender>): (string | null)[] {
  return scope(options)
    .countersOf(request(asked))
    .map(({ value }) => value);
}

describe('what counts', () => {
  it('is everything, where the scope is empty', () => {
    expect(values({}, {})).toEqual([null]);
  });

  it('is what has one of the values of each tag', () => {
    const team = { scope: { team: ['red', 'blue'], 'tag.stage': ['live'] } };
    expect(counts(team, { tags: { team: 'blue', stage: 'live' } })).toBe(true);
    expect(counts(team, { tags: { team: 'blue' } })).toBe(false);
    expect(counts(team, { tags: { team: 'green', stage: 'live' } })).toBe(false);
  });

  it('is what has no such tag, by the value (none)', () => {
    expect(counts({ scope: { team: ['(none)'] } }, {})).toBe(true);
    expect(counts({ scope: { team: ['(none)'] } }, { tags: { team: 'red' } })).toBe(false);
    expect(counts({ scope: { constructor: ['(none)'] } }, {})).toBe(true);
  });

  it('is by usage where any one of several has all that is asked for', () => {
    const dear = { scope: { model: ['large'], provider: ['acme'], event: ['chat'] } };
    const large = { event: 'chat', model: 'large', provider: 'acme' };
    expect(counts(dear, { usage: [{ event: 'chat', model: 'small' }, large] })).toBe(true);
    expect(
      counts(dear, {
        usage: [
          { ...large, provider: 'other' },
          { ...large, model: 'small' },
        ],
      }),
    ).toBe(false);
    expect(counts(dear, {})).toBe(false);
    expect(counts({ scope: { model: ['(none)'] } }, {})).toBe(true);
    expect(counts({ scope: { model: ['(none)'] } }, { usage: [{ event: 'chat' }] })).toBe(true);
  });

  it('is by the tag of that name only where the name says so', () => {
    expect(counts({ scope: { 'tag.model': ['large'] } }, { tags: { model: 'large' } })).toBe(true);
    expect(counts({ scope: { model: ['large'] } }, { tags: { model: 'large' } })).toBe(false);
  });

  it('is by the key that asks', () => {
    expect(counts({ scope: { key: [PUBLIC_KEY] } }, { keyId: KEY })).toBe(true);
    expect(counts({ scope: { key: [PUBLIC_KEY] } }, {})).toBe(false);
    expect(values({ per: 'key' }, { keyId: KEY })).toEqual([PUBLIC_KEY]);
  });
});

describe('a budget for each value', () => {
  it('counts what has none for (none): nobody is exempt', () => {
    expect(values({ per: 'user' }, { tags: { user: 'jo' } })).toEqual(['jo']);
    expect(values({ per: 'user' }, {})).toEqual(['(none)']);
    expect(values({ per: 'model' }, {})).toEqual(['(none)']);
  });

  it('counts in the window of each distinct value of the usages in its scope', () => {
    const usage = ['large', 'small', 'large', undefined].map((model) => ({ event: 'chat', ...(model && { model }) }));
    expect(values({ per: 'model' }, { usage })).toEqual(['large', 'small', '(none)']);
    expect(values({ per: 'model', scope: { model: ['small', 'other'] } }, { usage })).toEqual(['small']);
    expect(values({ per: 'user', scope: { model: ['small'] } }, { usage, tags: { user: 'jo' } })).toEqual(['jo']);
    expect(values({ per: 'user', scope: { model: ['other'] } }, { usage, tags: { user: 'jo' } })).toEqual([]);
  });
});

describe('a counter', () => {
  const counter = (options: BudgetOptions, value: string | null = null, name = 'cap'): string =>
    new BudgetScope(budgetOf(name, options, 0)).counterOf(value).counter;

  it('is the same whatever the amount, the mode, the scope and the time zone', () => {
    const other = { amount: '7', mode: 'soft', scope: { team: ['red'] }, timeZone: 'Asia/Kathmandu' } as const;
    expect(counter(other)).toBe(counter({}));
    expect(counter(other, 'jo')).toBe(counter({}, 'jo'));
  });

  it('is another for each name, period, anchor and value', () => {
    const all = [
      counter({}),
      counter({}, 'jo'),
      counter({}, 'null'),
      counter({}, null, 'other'),
      counter({ period: 'week' }),
      counter({ anchor: '2026-01-01T00:00:00Z' }),
    ];
    expect(new Set(all).size).toBe(all.length);
    for (const one of all) expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is remembered for some values only, and found again for all', () => {
    const one = scope({ per: 'user' });
    const first = one.counterOf('user-0').counter;
    for (let user = 0; user < 12_000; user += 1) one.counterOf(`user-${String(user)}`);
    expect(one.counterOf('user-0').counter).toBe(first);
  });
});

it('a raise is its limit until it ends', () => {
  const budget = {
    ...budgetOf('cap', { amount: '10' }, 0),
    raise: { amount: new Amount(20), until: 100, reason: null },
  };
  expect([99, 100].map((at) => new BudgetScope(budget).limitAt(at).toFixed())).toEqual(['20', '10']);
});
