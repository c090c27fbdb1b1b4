import { describe, expect, it } from '@jest/globals';
import { accepted, gravest, isRemembered, refused, REFUSAL_CODES, type Refusal, type RefusalCode } from './refusals.ts';
import { Amount, ZERO } from '#amounts';
import { MAX_HOLD_STEPS } from './authorization.ts';
import { decide } from './decide/decide.ts';
import { ledgerAt, type LedgerFixture } from './testing/ledger-fixture.ts';
import { refusalOf } from './testing/refused.ts';

const FIGURES = {
  account: 'acme',
  required: ZERO,
  available: ZERO,
  held: ZERO,
  shortfall: ZERO,
  outOfScope: ZERO,
  retryAfterSeconds: 1,
  holdExpiresAt: 0,
  expiryIsExact: true,
  limit: 1,
  counted: 'steps' as const,
  refundable: ZERO,
  differing: [],
  unit: 'credits',
  cardUnit: 'USD',
  tag: 'user',
  value: 'jo',
  usage: [0],
  index: 0,
  rule: 'rate' as const,
  until: null,
  spent: ZERO,
  resetsAt: null,
  budget: '01920000-0000-7000-8000-000000000001',
  name: 'team',
};

function refusal(code: RefusalCode): Refusal {
  return { ...FIGURES, code } as Refusal;
}

describe('the order of refusals', () => {
  it('puts idempotency before everything else', () => {
    expect(REFUSAL_CODES[0]).toBe('idempotency_key_reused');
  });

  it('lets the first of any two codes speak for a batch, in whichever order its items stand', () => {
    REFUSAL_CODES.forEach((first, at) => {
      for (const second of REFUSAL_CODES.slice(at + 1)) {
        expect(gravest([refusal(second), refusal(first)])?.code).toBe(first);
        expect(gravest([refusal(first), refusal(second)])?.code).toBe(first);
      }
    });
  });

  it('lets the earliest of equal refusals speak, and nothing where there is none', () => {
    const [early, late] = [refusal('account_suspended'), refusal('account_suspended')];
    expect(gravest([early, late])).toBe(early);
    expect(gravest([])).toBeUndefined();
  });
});

/** Each command would be refused for every reason named after `expected` as well, and says the first. */
describe('where several reasons hold, the first is given', () => {
  const open = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('10');

  it('account_exists, also where the account is suspended', () => {
    expect(refusalOf(() => open().suspend().createAccount('acme', { unit: 'USD' })).code).toBe('account_exists');
  });

  it('account_not_found before grant_already_expired', () => {
    expect(refusalOf(() => open().createGrant('1', { account: 'none', expiresIn: -1 })).code).toBe('account_not_found');
  });

  it('authorization_not_found before commit_too_late', () => {
    const ledger = open();
    const hold = ledger.authorize('1', { holdSeconds: 60 });
    ledger.advance(2 * 86_400);
    expect(refusalOf(() => ledger.commit(hold, '5', { environment: 'test' })).code).toBe('authorization_not_found');
    expect(refusalOf(() => ledger.commit(hold, '5')).code).toBe('commit_too_late');
  });

  it('authorization_committed before commit_too_late', () => {
    const ledger = open();
    const hold = ledger.authorize('1', { holdSeconds: 60 });
    ledger.commit(hold);
    ledger.advance(2 * 86_400);
    expect(refusalOf(() => ledger.commit(hold, '5')).code).toBe('authorization_committed');
  });

  it('authorization_voided before insufficient_credits', () => {
    const ledger = open();
    const hold = ledger.authorize('1', { overage: 'reject' });
    ledger.void(hold);
    expect(refusalOf(() => ledger.commit(hold, '500')).code).toBe('authorization_voided');
  });

  it('commit_too_late before insufficient_credits', () => {
    const ledger = open();
    const hold = ledger.authorize('1', { overage: 'reject', holdSeconds: 1 });
    ledger.advance(86_401);
    expect(refusalOf(() => ledger.commit(hold, '500')).code).toBe('commit_too_late');
  });

  it('authorization_not_found before authorization_open', () => {
    const ledger = open();
    const hold = ledger.authorize('1');
    expect(refusalOf(() => ledger.refund(hold, '5', { environment: 'test' })).code).toBe('authorization_not_found');
  });

  it('authorization_open before refund_exceeds_committed', () => {
    const ledger = open();
    expect(refusalOf(() => ledger.refund(ledger.authorize('1'), '5')).code).toBe('authorization_open');
  });

  it('authorization_voided before account_suspended', () => {
    const ledger = open();
    const hold = ledger.authorize('1');
    ledger.void(hold);
    expect(refusalOf(() => ledger.suspend().extend(hold, { amount: '500' })).code).toBe('authorization_voided');
  });

  it('account_suspended before insufficient_credits, for more of a hold too', () => {
    const ledger = open();
    const hold = ledger.authorize('1');
    expect(refusalOf(() => ledger.suspend().extend(hold, { amount: '500' })).code).toBe('account_suspended');
  });

  it('account_suspended before insufficient_credits', () => {
    const ledger = open().suspend();
    expect(refusalOf(() => ledger.authorize('500')).code).toBe('account_suspended');
    expect(refusalOf(() => ledger.charge('500')).code).toBe('account_suspended');
  });

  it('too_many_steps before account_suspended and before a decline', () => {
    const ledger = open();
    const hold = ledger.authorize('1', { overage: 'reject' });
    const authorization = { environment: 'live', id: hold.id };
    ledger.inOneTransaction((context) => {
      for (let step = 0; step < MAX_HOLD_STEPS; step += 1) {
        decide(context, { type: 'extend', authorization, amount: new Amount('0.001'), holdSeconds: null });
      }
    });
    ledger.suspend();
    expect(refusalOf(() => ledger.extend(hold, { amount: '100' })).code).toBe('too_many_steps');
    expect(refusalOf(() => ledger.commit(hold, '100', { final: false })).code).toBe('too_many_steps');
    expect(refusalOf(() => ledger.commit(hold, '100')).code).toBe('insufficient_credits');
  });

  it('account_suspended before credits_held', () => {
    const ledger = open();
    ledger.authorize('10');
    expect(refusalOf(() => ledger.suspend().authorize('5')).code).toBe('account_suspended');
  });

  it('insufficient_credits before credits_held, in a batch over two accounts', () => {
    const ledger = open();
    ledger.authorize('10');
    const items = [
      { account: 'acme', amount: '5' },
      { account: 'beta', amount: '5' },
    ];
    ledger.account('beta');
    expect(refusalOf(() => ledger.authorizeBatch('all_or_nothing', items)).code).toBe('insufficient_credits');
  });

  it('account_not_found before account_not_closed, account_has_open_holds and account_closed', () => {
    const ledger = open();
    ledger.authorize('1');
    for (const ask of [() => ledger.erase('none'), () => ledger.close('return', 'none')])
      expect(refusalOf(ask).code).toBe('account_not_found');
  });

  it('grant_already_expired before account_closed', () => {
    const ledger = open();
    ledger.close();
    expect(refusalOf(() => ledger.createGrant('1', { expiresIn: -1 })).code).toBe('grant_already_expired');
  });

  it('account_closed before insufficient_credits, and before account_suspended in a batch over two accounts', () => {
    const ledger = open().account('beta').suspend();
    ledger.close('return', 'acme');
    expect(refusalOf(() => ledger.charge('500', { account: 'acme' })).code).toBe('account_closed');
    const items = [{ amount: '5' }, { account: 'acme', amount: '5' }];
    expect(refusalOf(() => ledger.authorizeBatch('all_or_nothing', items)).code).toBe('account_closed');
  });

  it('account_not_found before account_suspended, in a batch over two accounts', () => {
    const ledger = open().suspend();
    const items = [{ amount: '5' }, { account: 'none', amount: '5' }];
    expect(refusalOf(() => ledger.authorizeBatch('all_or_nothing', items))).toEqual({
      code: 'account_not_found',
      account: 'none',
    });
  });
});

describe('isRemembered', () => {
  it('remembers what was done, and a decline', () => {
    expect(isRemembered(accepted(null))).toBe(true);
    const remembered = REFUSAL_CODES.filter((code) => isRemembered(refused(refusal(code))));
    expect(remembered).toEqual([
      'account_closed',
      'account_suspended',
      'usage_suspended',
      'request_too_large',
      'open_holds_exceeded',
      'budget_exceeded',
      'key_limit_exceeded',
      'environment_limit_exceeded',
      'insufficient_credits',
      'credits_held',
    ]);
  });
});
