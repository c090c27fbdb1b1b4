import { describe, expect, it } from '@jest/globals';
import { Amount, ZERO } from '#amounts';
import { grantStatus, hasExpired, isSpendable, mayPayFor, type Grant, type GrantScope } from './grant.ts';
import type { Tags, Usage } from './authorization.ts';

const GRANT: Grant = {
  id: 'a',
  accountKey: '1',
  amount: new Amount(10),
  remaining: new Amount(10),
  held: ZERO,
  repaid: ZERO,
  frozen: ZERO,
  frozenAt: null,
  freezes: [],
  category: 'paid',
  priority: 100,
  scope: null,
  costBasis: null,
  amountPaid: null,
  currency: null,
  purchase: null,
  purchaseReference: null,
  returned: null,
  effectiveAt: 1000,
  expiresAt: 2000,
  voidedAt: null,
  entered: true,
  expired: false,
  expiryNotices: 0,
  createdAt: 1000,
  metadata: {},
  period: null,
};

describe('grantStatus', () => {
  it.each<[string, Partial<Grant>, number]>([
    ['scheduled', {}, 999],
    ['active', {}, 1000],
    ['active', {}, 1999],
    ['expired', {}, 2000],
    ['exhausted', { remaining: ZERO }, 1500],
    ['expired', { remaining: ZERO }, 2000],
    ['voided', { voidedAt: 1200 }, 1500],
    ['voided', { voidedAt: 1200 }, 2000],
    ['voided', { voidedAt: 500 }, 600],
    ['active', { expiresAt: null }, 1e15],
  ])('is %s: %#', (status, fields, now) => {
    expect(grantStatus({ ...GRANT, ...fields }, now)).toBe(status);
  });
});

describe('a grant', () => {
  it('is spendable from effective_at on, and from expires_at on no more', () => {
    expect([999, 1000, 1999, 2000].map((now) => isSpendable(GRANT, now))).toEqual([false, true, true, false]);
    expect([1999, 2000].map((now) => hasExpired(GRANT, now))).toEqual([false, true]);
  });

  it('is not spendable once voided', () => {
    expect(isSpendable({ ...GRANT, voidedAt: 1200 }, 1500)).toBe(false);
  });
});

describe('the scope of a grant', () => {
  const chat: Usage = { event: 'chat', model: 'large' };
  const image: Usage = { event: 'image' };

  it.each<[string, boolean, GrantScope | null, readonly Usage[], Tags]>([
    ['anything, where there is none', true, null, [], {}],
    ['anything, where it is empty', true, {}, [chat], { team: 'a' }],
    ['a listed event', true, { events: ['chat', 'image'] }, [chat, image], {}],
    ['an event that is not listed', false, { events: ['chat'] }, [chat, image], {}],
    ['no known event', false, { events: ['chat'] }, [], {}],
    ['a listed model', true, { models: ['large'] }, [chat], {}],
    ['another model', false, { models: ['small'] }, [chat], {}],
    ['no known model', false, { models: ['large'] }, [chat, image], {}],
    ['every tag', true, { tags: { team: 'a', user: '7' } }, [], { team: 'a', user: '7', x: 'y' }],
    ['one tag of two', false, { tags: { team: 'a', user: '7' } }, [], { team: 'a' }],
    ['another value of the tag', false, { tags: { team: 'a' } }, [], { team: 'b' }],
    ['the event but not the model', false, { events: ['chat'], models: ['small'] }, [chat], {}],
  ])('may pay for %s: %s', (_, allowed, scope, usage, tags) => {
    expect(mayPayFor({ ...GRANT, scope }, { usage, tags })).toBe(allowed);
  });
});
