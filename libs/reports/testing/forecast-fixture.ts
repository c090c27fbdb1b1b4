import { Amount, ZERO } from '#amounts';
import type { Grant, RecurringGrant, RecurringTerms } from '#ledger';
import type { ForecastInput } from '../forecast/forecast.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
/** A Monday, at midnight UTC. */
export const MONDAY = Date.UTC(2026, 5, 1);

let made = 0;

export function aGrant(amount: string, terms: Partial<Grant> = {}): Grant {
  made += 1;
  return {
    id: `grant-${String(made).padStart(6, '0')}`,
    accountKey: '1',
    amount: new Amount(amount),
    remaining: new Amount(amount),
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
    effectiveAt: 0,
    expiresAt: null,
    voidedAt: null,
    entered: true,
    expired: false,
    expiryNotices: 0,
    createdAt: 0,
    metadata: {},
    period: null,
    ...terms,
  };
}

/** Granted every month, from the first of July 2026 on. */
export function aMonthly(amount: string, terms: Partial<RecurringTerms> = {}): RecurringGrant {
  const anchor = Date.UTC(2026, 6, 1);
  return {
    name: 'allowance',
    terms: {
      amount: new Amount(amount),
      interval: 'month',
      every: 1,
      timeZone: 'UTC',
      category: 'included',
      priority: 50,
      expires: 'end_of_period',
      rollover: null,
      scope: null,
      price: null,
      currency: null,
      prorateFirst: false,
      ...terms,
    },
    plan: null,
    startsAt: anchor,
    endsAt: null,
    anchor,
    pausedAt: null,
    notBefore: anchor,
    deletedAt: null,
    next: { index: 0, at: anchor },
    last: null,
    createdAt: anchor,
  };
}

/** So many days that each used the same. */
export function daily(amount: string, days: number): readonly Amount[] {
  return Array.from({ length: days }, () => new Amount(amount));
}

export function inputWith(changes: Partial<ForecastInput>): ForecastInput {
  return {
    now: MONDAY,
    timeZone: 'UTC',
    days: daily('10', 84),
    demands: [],
    grants: [],
    recurring: [],
    debt: ZERO,
    seed: 'acme',
    ...changes,
  };
}
