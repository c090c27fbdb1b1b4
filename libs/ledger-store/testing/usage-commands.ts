import { accountKey, DEFAULT_TERMS, type AccountRef, type Authorize, type Command, type Usage } from '#ledger';

// Commands of the environment `test` whose amounts follow from their usage.

function accountRef(id: string): AccountRef {
  return { environment: 'test', id, key: accountKey('test', id) };
}

/** An account with a rate card. @param card its UUID */
export function createPricedAccount(id: string, card: string, timeZone = 'UTC'): Command<'create_account'> {
  return {
    type: 'create_account',
    account: accountRef(id),
    unit: 'credits',
    cardUnit: 'credits',
    terms: { ...DEFAULT_TERMS, rateCard: card, timeZone },
  };
}

export function authorizeUsage(id: string, usage: readonly Usage[], holdSeconds = 900): Command<'authorize'> {
  return { type: 'authorize', ...hold(id, usage, holdSeconds) };
}

/** One hold for each of these usages, all or none. */
export function authorizeUsages(id: string, usages: readonly Usage[]): Command<'authorize_batch'> {
  return { type: 'authorize_batch', mode: 'all_or_nothing', items: usages.map((usage) => hold(id, [usage], 900)) };
}

export function chargeUsage(id: string, usage: readonly Usage[]): Command<'charge'> {
  return { type: 'charge', ...spending(id, usage) };
}

/** One charge for each of these usages, all or none. */
export function chargeUsages(id: string, usages: readonly Usage[]): Command<'charge_batch'> {
  return { type: 'charge_batch', mode: 'all_or_nothing', items: usages.map((usage) => spending(id, [usage])) };
}

/** @param id the authorization's */
export function commitUsage(id: string, usage: readonly Usage[], final = true): Command<'commit'> {
  const stated = { usage, raw: null, settlement: 'exact' } as const;
  return { type: 'commit', authorization: { environment: 'test', id }, amount: null, stated, final };
}

/** @param id the authorization's */
export function adjustUsage(id: string, usage: readonly Usage[]): Command<'adjust'> {
  const stated = { usage, raw: null, settlement: 'exact' } as const;
  return { type: 'adjust', authorization: { environment: 'test', id }, amount: null, stated, reason: null };
}

function hold(id: string, usage: readonly Usage[], holdSeconds: number): Authorize {
  return { ...spending(id, usage), holdSeconds, overage: null };
}

function spending(id: string, usage: readonly Usage[]) {
  return { account: accountRef(id), amount: null, usage, tags: {}, metadata: {} };
}
