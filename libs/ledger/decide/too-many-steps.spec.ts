import { describe, expect, it } from '@jest/globals';
import { MAX_HOLD_DRAWS, MAX_HOLD_STEPS } from '../authorization.ts';
import { Amount } from '#amounts';
import type { Command } from '../commands.ts';
import { accountRef, ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';
import { decide } from './decide.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');
const REFUSED = { code: 'too_many_steps', counted: 'steps', limit: MAX_HOLD_STEPS };

/** A hold of 2 that was committed in part, or extended by 1 and committed in part, as often as it may be. */
function wornOut(ledger: LedgerFixture, { extending = false } = {}): { readonly id: string } {
  const hold = ledger.authorize('2');
  const authorization = { environment: 'live', id: hold.id };
  ledger.inOneTransaction((context) => {
    for (let step = 0; step < MAX_HOLD_STEPS; step += 1) {
      if (extending && step % 2 === 0) {
        decide(context, { type: 'extend', authorization, amount: new Amount(1), holdSeconds: null });
      } else decide(context, { type: 'commit', authorization, amount: new Amount('0.001'), final: false });
    }
  });
  return hold;
}

describe('an authorization that has changed as often as it may', () => {
  it('takes no more partial commits, and no extension by an amount', () => {
    const ledger = account().grant('1000');
    const hold = wornOut(ledger);
    expect(ledger.find(hold)).toMatchObject({ committed: '1', held: '1' });
    expect(refusalOf(() => ledger.commit(hold, '0.001', { final: false }))).toEqual(REFUSED);
    expect(refusalOf(() => ledger.extend(hold, { amount: '1' }))).toEqual(REFUSED);
    expect(refusalOf(() => ledger.extend(hold, { amount: '1', holdSeconds: 900 }))).toEqual(REFUSED);
  });

  it('counts extensions by an amount as well as partial commits', () => {
    const ledger = account().grant('1000');
    const hold = wornOut(ledger, { extending: true });
    expect(refusalOf(() => ledger.commit(hold, '0.001', { final: false }))).toEqual(REFUSED);
  });

  it('takes the final commit, of less and of more than it holds', () => {
    const ledger = account().grant('1000');
    expect(ledger.commit(wornOut(ledger), '0.5')).toMatchObject({ status: 'committed', committed: '1.5' });
    expect(ledger.commit(wornOut(ledger), '3')).toMatchObject({ status: 'committed', committed: '4' });
  });

  it('is voided, and given more time', () => {
    const ledger = account().grant('1000');
    const hold = wornOut(ledger);
    expect(ledger.extend(hold, { holdSeconds: 3600 }).expiresAt).toBe(ledger.now + 3_600_000);
    expect(ledger.void(hold)).toMatchObject({ status: 'voided', committed: '1' });
  });

  it('lapses, and is committed late, finally whatever was asked', () => {
    const ledger = account().grant('1000');
    const hold = wornOut(ledger);
    ledger.advance(900);
    expect(ledger.commit(hold, '1', { final: false })).toMatchObject({ status: 'committed', late: true });
  });
});

const GRANT: Command = {
  type: 'create_grant',
  account: accountRef('acme'),
  amount: new Amount(1),
  category: 'paid',
  priority: 100,
  scope: null,
  costBasis: null,
  effectiveAt: null,
  expiresAt: null,
  metadata: {},
};

describe('draws on many grants', () => {
  /** So many grants of 1, and a hold of all of them. */
  function manyGrants(count: number): { ledger: LedgerFixture; hold: { readonly id: string } } {
    const ledger = account();
    ledger.inOneTransaction((context) => {
      for (let made = 0; made < count; made += 1) decide(context, GRANT);
    });
    return { ledger, hold: ledger.authorize(String(count)) };
  }

  it('are all taken by a single commit, final or not', () => {
    for (const final of [true, false]) {
      const { ledger, hold } = manyGrants(2000);
      expect(ledger.commit(hold, undefined, { final }).draws).toHaveLength(2000);
    }
  });

  it('end partial commits when they have become too many, and nothing else', () => {
    const { ledger, hold } = manyGrants(MAX_HOLD_DRAWS);
    ledger.commit(hold, String(MAX_HOLD_DRAWS - 1), { final: false });
    ledger.commit(hold, '0.5', { final: false });
    expect(refusalOf(() => ledger.commit(hold, '0.1', { final: false }))).toEqual({
      code: 'too_many_steps',
      counted: 'draws',
      limit: MAX_HOLD_DRAWS,
    });
    ledger.grant('1');
    expect(ledger.extend(hold, { amount: '1' }).held).toBe('1.5');
    expect(ledger.commit(hold, '1.5').status).toBe('committed');
  });
});

describe('ten thousand partial commits of one hold', () => {
  it('stay cheap: the first thousand because they copy nothing, the others because they are refused', () => {
    const ledger = account().grant('1000');
    const { id } = ledger.authorize('100');
    // Without the fixture, which compares whole states after every command.
    const context = ledger.inOneTransaction(() => undefined);
    const command = {
      type: 'commit',
      authorization: { environment: 'live', id },
      amount: new Amount('0.001'),
      final: false,
    } as const;
    const began = performance.now();
    const outcomes = Array.from({ length: 10_000 }, () => decide(context, command));
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(MAX_HOLD_STEPS);
    const authorization = context.state.authorizations.get(id);
    expect([authorization?.draws.length, authorization?.steps.length]).toEqual([MAX_HOLD_STEPS, MAX_HOLD_STEPS + 1]);
    expect(context.changes.transfers).toHaveLength(MAX_HOLD_STEPS);
  });

  it('are answered each as it was decided, also where the answers are read later', () => {
    const ledger = account().grant('10');
    const { id } = ledger.authorize('5');
    const items = [{ id, amount: '1', final: false }, { id, amount: '2', final: false }, { id }];
    expect(ledger.commitBatch(items).items).toMatchObject([
      { value: { authorization: { committed: '1', held: '4', status: 'authorized' } } },
      { value: { authorization: { committed: '3', held: '2', status: 'authorized' } } },
      { value: { authorization: { committed: '5', held: '0', status: 'committed' } } },
    ]);
  });
});
