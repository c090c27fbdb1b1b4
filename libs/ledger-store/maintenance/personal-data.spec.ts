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

it.each([[{ name: null, metadata: {}, tags: {}, scope: null }], [null], ['name'], [[1, 'tags', null]]])(
  'finds nothing in %j',
  (value) => {
    expect(withoutPersonalData(value)).toEqual(value);
  },
);
