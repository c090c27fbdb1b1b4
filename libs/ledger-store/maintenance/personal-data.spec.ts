import { expect, it } from '@jest/globals';
import { withoutPersonalData } from './personal-data.ts';

it('takes out names, metadata and tags wherever they stand, and leaves the rest', () => {
  const answer = {
    items: [
      { status: 201, authorization: { id: 'auth_1', amount: '5', tags: { user: 'ann' }, metadata: { mail: 'a@b.c' } } },
      { status: 402, problem: { code: 'account_closed', account: 'acme' } },
    ],
    name: 'Ann',
    scope: { events: ['chat'], tags: { user: 'ann' } },
  };
  expect(withoutPersonalData(answer)).toEqual({
    items: [{ status: 201, authorization: { id: 'auth_1', amount: '5', tags: {}, metadata: {} } }, answer.items[1]],
    name: null,
    scope: { events: ['chat'], tags: {} },
  });
});

it('takes out the values that budgets name and that declines and alerts are about', () => {
  const decline = { code: 'budget_exceeded', budget: 'bud_1', name: 'day', value: 'ann', limit: '5' };
  expect(withoutPersonalData(decline)).toEqual({ ...decline, name: null, value: null });
  const detail = 'The budget ann of account acme allows for 5.';
  expect(withoutPersonalData({ ...decline, detail })).toMatchObject({ detail: expect.not.stringContaining('ann') });
  expect(withoutPersonalData({ code: 'account_closed', detail })).toEqual({ code: 'account_closed', detail });
  const budget = { scope: { user: ['ann'] }, per: 'user', thresholds: [50] };
  expect(withoutPersonalData({ budget })).toEqual({ budget: { ...budget, scope: {} } });
  expect(withoutPersonalData({ before: { budgets: [budget] } })).toEqual({ before: { budgets: [] } });
  expect(withoutPersonalData({ event: 'chat', value: 7 })).toEqual({ event: 'chat', value: 7 });
});

it('takes out why a raise was asked for, given or denied', () => {
  const raise = { amount: '5', until: '2099-01-01T00:00:00.000Z', reason: 'for ann' };
  expect(withoutPersonalData({ raise })).toEqual({ raise: { ...raise, reason: '' } });
  const event = { raise_request: 'raise_1', name: 'ann', reason: 'for ann', denial: 'not ann' };
  expect(withoutPersonalData(event)).toEqual({ raise_request: 'raise_1', name: null, reason: '', denial: null });
  expect(withoutPersonalData({ refund: { reason: 'late' } })).toEqual({ refund: { reason: 'late' } });
});

it.each([[{ name: null, metadata: {}, tags: {}, scope: null }], [null], ['name'], [[1, 'tags', null]]])(
  'finds nothing in %j',
  (value) => {
    expect(withoutPersonalData(value)).toEqual(value);
  },
);
