import { Amount, type JsonObject, ZERO } from '#amounts';
import { DEFAULT_TERMS, accountKey, type AccountRef, type Authorize, type Command } from '#ledger';

const ENVIRONMENT = 'live';

function accountRef(id: string): AccountRef {
  return { environment: ENVIRONMENT, id, key: accountKey(ENVIRONMENT, id) };
}

export interface AccountOptions {
  readonly overdraftLimit?: string;
  readonly commitment?: string;
  readonly metadata?: JsonObject;
}

export function createAccount(id: string, options: AccountOptions = {}): Command<'create_account'> {
  const { overdraftLimit = '0', commitment, metadata = {} } = options;
  return {
    type: 'create_account',
    account: accountRef(id),
    unit: 'credits',
    terms: {
      ...DEFAULT_TERMS,
      overdraftLimit: new Amount(overdraftLimit),
      commitment: commitment === undefined ? null : new Amount(commitment),
      metadata,
    },
  };
}

export function createGrant(id: string, amount: string, expiresAt: number | null = null): Command<'create_grant'> {
  return {
    type: 'create_grant',
    account: accountRef(id),
    amount: new Amount(amount),
    category: 'paid',
    priority: 100,
    scope: null,
    costBasis: ZERO,
    effectiveAt: null,
    expiresAt,
    metadata: {},
  };
}

export function charge(id: string, amount: string, metadata: JsonObject = {}): Command<'charge'> {
  return { type: 'charge', ...spending(id, amount, metadata) };
}

export function authorize(id: string, amount: string, holdSeconds = 900): Command<'authorize'> {
  return { type: 'authorize', ...hold(id, amount, holdSeconds) };
}

/** One hold on each of these accounts, all or none. */
export function authorizeAll(ids: readonly string[], amount: string): Command<'authorize_batch'> {
  return { type: 'authorize_batch', mode: 'all_or_nothing', items: ids.map((id) => hold(id, amount, 900)) };
}

/** One charge to each of these accounts, each decided on its own. */
export function chargeEach(ids: readonly string[], amount: string): Command<'charge_batch'> {
  return { type: 'charge_batch', mode: 'independent', items: ids.map((id) => spending(id, amount, {})) };
}

/** One charge to each of these accounts, all or none. */
export function chargeAll(ids: readonly string[], amount: string): Command<'charge_batch'> {
  return { ...chargeEach(ids, amount), mode: 'all_or_nothing' };
}

/** `amount` of `null`: the whole hold. */
export function commit(id: string, amount: string | null = null, final = true): Command<'commit'> {
  return {
    type: 'commit',
    authorization: { environment: ENVIRONMENT, id },
    amount: amount === null ? null : new Amount(amount),
    final,
  };
}

/** Holds more. */
export function extendBy(id: string, amount: string): Command<'extend'> {
  const authorization = { environment: ENVIRONMENT, id };
  return { type: 'extend', authorization, amount: new Amount(amount), holdSeconds: null };
}

export function voidHold(id: string): Command<'void'> {
  return { type: 'void', authorization: { environment: ENVIRONMENT, id } };
}

function hold(id: string, amount: string, holdSeconds: number): Authorize {
  return { ...spending(id, amount, {}), holdSeconds, overage: null };
}

function spending(id: string, amount: string, metadata: JsonObject) {
  return { account: accountRef(id), amount: new Amount(amount), usage: [], tags: {}, metadata };
}
