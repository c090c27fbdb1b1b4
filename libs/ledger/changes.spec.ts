import { describe, expect, it } from '@jest/globals';
import { AccountChanges, RowChanges } from './changes.ts';
import type { AccountState } from './state.ts';

const account = {} as AccountState;

describe('the changes of a kind of rows', () => {
  it('have a row once, as made or as changed', () => {
    const rows = new RowChanges<object>();
    const [made, found] = [{}, {}];
    rows.create(made);
    for (const row of [made, found, found]) rows.update(row);
    expect([[...rows.created], [...rows.updated]]).toEqual([[made], [found]]);
    expect(rows.updated.has(made)).toBe(false);
  });

  it('forget a row that was made and taken back', () => {
    const rows = new RowChanges<object>();
    const made = {};
    rows.create(made);
    rows.update(made);
    rows.discard(made);
    expect(rows.created.size + rows.updated.size).toBe(0);
  });
});

describe('the changes of accounts', () => {
  it('have accounts whose terms or alerts changed among the updated', () => {
    const changes = new AccountChanges();
    changes.updateTerms(account);
    changes.updateAlerts(account);
    expect([changes.updated, changes.terms, changes.alerts].map(({ size }) => size)).toEqual([1, 1, 1]);
  });

  it('have an account that was made nowhere else: it is written whole', () => {
    const changes = new AccountChanges();
    changes.create(account);
    changes.updateTerms(account);
    changes.updateAlerts(account);
    expect([changes.created, changes.updated, changes.terms, changes.alerts].map(({ size }) => size)).toEqual([
      1, 0, 0, 0,
    ]);
  });
});
