import { NOT_CLOSED, type Account, type AccountTerms } from '../account.ts';
import { noAlertState } from '../alerts.ts';
import { Amount, ZERO } from '#amounts';
import type { Balance } from '../balance.ts';
import type { CreateAccount, SetAccountStatus, UpdateAccount } from '../commands.ts';
import { HoldExpiries } from '../hold-expiries.ts';
import { IdGenerator } from '../id-generator.ts';
import { noBurnRate } from '../burn-rate.ts';
import { accepted, refused, type AccountExists, type Outcome } from '../refusals.ts';
import { accountState, balanceOf, type AccountState } from '../state.ts';
import { findAccount, findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';

/** An account as one decision left it. */
export interface AccountDecision {
  readonly account: Readonly<Account>;
  readonly balance: Balance;
  /** Milliseconds since 1970. */
  readonly asOf: number;
  /** False where it was there before. */
  readonly created: boolean;
}

export function createAccount(context: DecisionContext, command: CreateAccount): Outcome<AccountDecision> {
  const { account: ref, unit, terms } = command;
  const existing = findAccount(context, ref);
  if (existing) {
    const differing = command.orExisting ? [] : differingTerms(existing.account, command);
    if (differing.length > 0) return refused({ code: 'account_exists', differing });
    return decidedAccount(context, existing, false);
  }
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
    closure: NOT_CLOSED,
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
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  account.account.terms = { ...account.account.terms, ...command.terms };
  return changed(context, account);
}

/** Suspends an account or resumes it; doing it again changes nothing. */
export function setAccountStatus(context: DecisionContext, command: SetAccountStatus): Outcome<AccountDecision> {
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  if (account.account.status === command.status) return decidedAccount(context, account, false);
  account.account.status = command.status;
  if (command.status === 'suspended') emit(context, account, 'account.suspended', { status: 'suspended' });
  return changed(context, account);
}

export function changed(context: DecisionContext, account: AccountState): Outcome<AccountDecision> {
  context.changes.accounts.updateTerms(account);
  return decidedAccount(context, account, false);
}

export function decidedAccount(
  context: DecisionContext,
  state: AccountState,
  created: boolean,
): Outcome<AccountDecision> {
  const asOf = timeOf(context, state);
  return accepted({ account: { ...state.account }, balance: balanceOf(state), asOf, created });
}

function differingTerms(account: Account, { unit, terms }: CreateAccount): AccountExists['differing'] {
  const fields = Object.keys(terms) as (keyof AccountTerms)[];
  const differing = fields.filter((field) => canonical(account.terms[field]) !== canonical(terms[field]));
  return account.unit === unit ? differing : ['unit', ...differing];
}

/** Equal for two values that mean the same, in whichever order their fields stand. */
function canonical(value: AccountTerms[keyof AccountTerms]): string {
  if (value instanceof Amount) return value.toFixed();
  return JSON.stringify(value, (_, part: unknown) =>
    isPlainObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
