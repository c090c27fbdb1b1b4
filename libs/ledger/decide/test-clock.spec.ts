import { DEFAULT_TERMS } from '../account.ts';
import { describe, expect, it } from '@jest/globals';
import { Amount, formatAmount } from '#amounts';
import { noChanges } from '../changes.ts';
import type { AccountRef, Command, CommandType, ObjectRef } from '../commands.ts';
import { accountKey } from '../ids.ts';
import type { LedgerState } from '../state.ts';
import type { TestClock } from '../test-clock.ts';
import { NO_RULES } from './context.ts';
import { decide, type Decisions } from './decide.ts';

const REAL_NOW = Date.parse('2026-03-01T12:00:00.123Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const SPENDING = { usage: [], tags: {}, metadata: {} };
const GRANT = { category: 'paid', priority: 100, scope: null, costBasis: null, metadata: {} } as const;

function ref(id: string, environment = 'test'): AccountRef {
  return { environment, id, key: accountKey(environment, id) };
}

/** Decides commands on an empty state, all at one real time; accounts of `test` get the clock that is set when they are made. */
class Books {
  private readonly clocks = new Map<string, TestClock>();
  private readonly state: LedgerState = {
    accounts: new Map(),
    authorizations: new Map(),
    grants: new Map(),
    purchases: new Map(),
    testClocks: this.clocks,
    declined: new Map(),
  };
  readonly changes = noChanges();

  setClock(clock: TestClock): void {
    this.clocks.set('test', clock);
  }

  /** @returns what was decided, or the code of the refusal */
  ask<T extends CommandType>(command: Command<T>): Decisions[T] | string {
    const outcome = decide<T>(
      { state: this.state, changes: this.changes, realNow: REAL_NOW, rules: NO_RULES },
      command,
    );
    return outcome.ok ? outcome.value : outcome.refusal.code;
  }

  do<T extends CommandType>(command: Command<T>): Decisions[T] {
    const decided = this.ask<T>(command);
    if (typeof decided === 'string') throw new Error(`refused: ${decided}`);
    return decided;
  }

  create(account: AccountRef): Decisions['create_account'] {
    return this.do<'create_account'>({ type: 'create_account', account, unit: 'credits', terms: DEFAULT_TERMS });
  }

  grant(account: AccountRef, effectiveAt: number | null = null, expiresAt: number | null = null) {
    const amount = new Amount(10);
    return this.ask<'create_grant'>({ type: 'create_grant', account, amount, ...GRANT, effectiveAt, expiresAt });
  }

  authorize(account: AccountRef): ObjectRef & { createdAt: number; expiresAt: number | null } {
    const request = { account, amount: new Amount(1), ...SPENDING, holdSeconds: 60, overage: null };
    const { authorization } = this.do<'authorize'>({ type: 'authorize', ...request });
    const { environment, id, createdAt, expiresAt } = authorization;
    return { environment, id, createdAt, expiresAt };
  }
}

describe('an account of an environment with a test clock', () => {
  it('is made, granted to, held on and charged at its own time', () => {
    const books = new Books();
    books.setClock({ number: 3, aheadMs: 5 * DAY_MS });
    const then = REAL_NOW + 5 * DAY_MS;
    const { account, asOf } = books.create(ref('acme'));
    expect([account.testClock, account.createdAt, asOf]).toEqual([{ number: 3, aheadMs: 5 * DAY_MS }, then, then]);
    expect(books.grant(ref('acme'))).toMatchObject({ status: 'active', grant: { createdAt: then, effectiveAt: then } });
    const held = books.authorize(ref('acme'));
    expect([held.createdAt, held.expiresAt]).toEqual([then, then + 60_000]);
    const { authorization } = books.do<'commit'>({ type: 'commit', authorization: held, amount: null, final: true });
    expect([authorization.committedAt, authorization.closedAt]).toEqual([then, then]);
    expect(books.changes.transfers.map(({ createdAt }) => createdAt)).toEqual([then, then]);
  });

  it('has ids of real time, which the tables are partitioned by', () => {
    const books = new Books();
    books.setClock({ number: 0, aheadMs: 3650 * DAY_MS });
    books.create(ref('acme'));
    books.grant(ref('acme'));
    const { id } = books.authorize(ref('acme'));
    const made = [id, ...books.changes.transfers.map((transfer) => transfer.id)];
    for (const one of made) expect(parseInt(one.slice(0, 8) + one.slice(9, 13), 16)).toBe(REAL_NOW);
  });

  it('takes grants in and out of effect by its own time', () => {
    const books = new Books();
    books.setClock({ number: 0, aheadMs: 5 * DAY_MS });
    books.create(ref('acme'));
    expect(books.grant(ref('acme'), null, REAL_NOW + 5 * DAY_MS)).toBe('grant_already_expired');
    expect(books.grant(ref('acme'), REAL_NOW + 5 * DAY_MS)).toMatchObject({ status: 'active' });
    expect(books.grant(ref('acme'), REAL_NOW + 5 * DAY_MS + 1)).toMatchObject({ status: 'scheduled' });
  });

  it('shares a batch with accounts of other clocks, and of real time', () => {
    const books = new Books();
    books.create(ref('acme', 'live'));
    books.setClock({ number: 0, aheadMs: DAY_MS });
    books.create(ref('old'));
    books.setClock({ number: 1, aheadMs: 0 });
    books.create(ref('new'));
    const times = [ref('acme', 'live'), ref('old'), ref('new')].map((account) => {
      books.grant(account);
      return books.authorize(account).createdAt - REAL_NOW;
    });
    expect(times).toEqual([0, DAY_MS, 0]);
  });

  it('lives in `live` by real time, whatever other environments do', () => {
    const books = new Books();
    books.setClock({ number: 0, aheadMs: DAY_MS });
    const { account, balance } = books.create(ref('acme', 'live'));
    expect([account.testClock, account.createdAt, formatAmount(balance.posted)]).toEqual([null, REAL_NOW, '0']);
  });
});
