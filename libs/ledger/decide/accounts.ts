import type { Account, AccountTerms } from '../account.ts';
import { noAlertState } from '../alerts.ts';
import { ZERO } from '#amounts';
import type { Balance } from '../balance.ts';
import type { CreateAccount, SetAccountStatus, UpdateAccount } from '../commands.ts';
import { HoldExpiries } from '../hold-expiries.ts';
import { IdGenerator } from '../id-generator.ts';
import { noBurnRate } from '../burn-rate.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import { accountState, balanceOf, type AccountState } from '../state.ts';
import { findAccount, timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';

/** An account as one decision left it. */
export interface AccountDecision {
  readonly account: Readonly<Account>;
  readonly balance: Balance;
  /** Milliseconds since 1970. */
  readonly asOf: number;
  /** False where it was there before, with the same terms. */
  readonly created: boolean;
}

export function createAccount(context: DecisionContext, command: CreateAccount): Outcome<AccountDecision> {
  const { account: ref, unit, terms } = command;
  const existing = findAccount(context, ref);
  if (existing)
    return isSame(existing.account, command)
      ? decidedAccount(context, existing, false)
      : refused({ code: 'account_exists' });
  if (context.state.accounts.has(ref.key)) return refused({ code: 'account_id_taken' });
  const testClock = context.state.testClocks.get(ref.environment) ?? null;
  const createdAt = context.realNow + (testClock?.aheadMs ?? 0);
  const account: Account = {
    key: ref.key,
    environment: ref.environment,
    id: ref.id,
    unit,
    terms,
    status: 'active',
    testClock,
    createdAt,
    debt: ZERO,
    overdraftHeld: ZERO,
    holdLifetimeMs: null,
    alerts: noAlertState(),
    burnRate: noBurnRate(),
    sequence: 0,
  };
  const holds = { holdExpiries: HoldExpiries.none(), openHolds: 0 };
  const state = accountState(account, new IdGenerator(ref.key, 0n), [], holds, createdAt);
  context.state.accounts.set(ref.key, state);
  context.changes.accounts.create(state);
  return decidedAccount(context, state, true);
}

/** Changes what an operator decides about an account; what isn't given stays. */
export function updateAccount(context: DecisionContext, command: UpdateAccount): Outcome<AccountDecision> {
  const account = findAccount(context, command.account);
  if (!account) return refused({ code: 'account_not_found', account: command.account.id });
  account.account.terms = { ...account.account.terms, ...command.terms };
  return changed(context, account);
}

/** Suspends an account or resumes it; doing it again changes nothing. */
export function setAccountStatus(context: DecisionContext, command: SetAccountStatus): Outcome<AccountDecision> {
  const account = findAccount(context, command.account);
  if (!account) return refused({ code: 'account_not_found', account: command.account.id });
  if (account.account.status === command.status) return decidedAccount(context, account, false);
  account.account.status = command.status;
  if (command.status === 'suspended') emit(context, account, 'account.suspended', { status: 'suspended' });
  return changed(context, account);
}

function changed(context: DecisionContext, account: AccountState): Outcome<AccountDecision> {
  context.changes.accounts.updateTerms(account);
  return decidedAccount(context, account, false);
}

function decidedAccount(context: DecisionContext, state: AccountState, created: boolean): Outcome<AccountDecision> {
  const asOf = timeOf(context, state);
  return accepted({ account: { ...state.account }, balance: balanceOf(state), asOf, created });
}

function isSame(account: Account, command: CreateAccount): boolean {
  return account.unit === command.unit && canonical(account.terms) === canonical(command.terms);
}

function canonical(terms: AccountTerms): string {
  return JSON.stringify({ ...terms, overdraftLimit: terms.overdraftLimit.toFixed() }, (_, value: unknown) =>
    isPlainObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
