import { NOT_CLOSED, type Account, type AccountTerms } from '../account.ts';
import { noAlertState } from '../alerts.ts';
import { autoTopupStatus, type AutoTopupStatus } from '../auto-topup.ts';
import { Amount, canonicalJson, ZERO } from '#amounts';
import type { Balance } from '../balance.ts';
import type { CreateAccount, SetAccountStatus, UpdateAccount } from '../commands.ts';
import { HoldExpiries } from '../hold-expiries.ts';
import { IdGenerator } from '../id-generator.ts';
import { noBurnRate } from '../burn-rate.ts';
import { accepted, refused, type AccountExists, type Outcome, type UnitMismatch } from '../refusals.ts';
import { NO_RESTRAINTS } from '../restraints.ts';
import { NO_OWN_RULES } from '../rules.ts';
import { accountState, balanceOf, type AccountState } from '../state.ts';
import { lookAtBalance } from './auto-topup.ts';
import { changeCommitment, openPeriod } from './change-commitment.ts';
import { findAccount, findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';

/** An account as one decision left it. */
export interface AccountDecision {
  readonly account: Readonly<Account>;
  readonly balance: Balance;
  /** The UUID of the plan that it is on; `null`: none. */
  readonly plan: string | null;
  /** Of its rule to buy credits; `null`: it has none. */
  readonly autoTopup: AutoTopupStatus | null;
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
  const mismatch = unitMismatch(unit, command);
  if (mismatch) return refused(mismatch);
  if (context.state.accounts.has(ref.key)) return refused({ code: 'account_id_taken' });
  const testClock = context.state.testClocks.get(ref.environment) ?? null;
  const createdAt = context.realNow + (testClock?.aheadMs ?? 0);
  const account: Account = {
    key: ref.key,
    environment: ref.environment,
    id: ref.id,
    unit,
    terms,
    overridesVersion: 0,
    hasCommitmentPeriods: false,
    hasRefills: false,
    status: 'active',
    closure: NOT_CLOSED,
    testClock,
    createdAt,
    debt: ZERO,
    writtenOff: ZERO,
    overdraftHeld: ZERO,
    holdLifetimeMs: null,
    budgets: [],
    raiseRequests: [],
    rules: NO_OWN_RULES,
    restraints: NO_RESTRAINTS,
    alerts: noAlertState(),
    burnRate: noBurnRate(),
    sequence: 0,
  };
  const holds = { holdExpiries: HoldExpiries.none(), openHolds: 0 };
  const state = accountState(account, new IdGenerator(ref.key, 0n), [], holds, createdAt);
  context.state.accounts.set(ref.key, state);
  context.changes.accounts.create(state);
  if (terms.overrides.length > 0) keepOverrides(context, state);
  openPeriod(context, state, createdAt);
  return decidedAccount(context, state, true);
}

/** Changes what an operator decides about an account; what isn't given stays. */
export function updateAccount(context: DecisionContext, command: UpdateAccount): Outcome<AccountDecision> {
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  const mismatch = unitMismatch(account.account.unit, command);
  if (mismatch) return refused(mismatch);
  const { overrides, commitment } = account.account.terms;
  account.account.terms = { ...account.account.terms, ...command.terms };
  if (canonicalJson(overrides) !== canonicalJson(account.account.terms.overrides)) keepOverrides(context, account);
  changeCommitment(context, account, commitment);
  return changed(context, account);
}

function unitMismatch(unit: string, { cardUnit = null }: Pick<CreateAccount, 'cardUnit'>): UnitMismatch | null {
  return cardUnit === null || cardUnit === unit ? null : { code: 'unit_mismatch', unit, cardUnit };
}

/** What was priced by earlier overrides keeps them, so each version is kept. */
function keepOverrides(context: DecisionContext, { account }: AccountState): void {
  account.overridesVersion += 1;
  const { key: accountKey, overridesVersion: version, terms } = account;
  context.changes.overrides.push({ accountKey, version, prices: terms.overrides });
}

/** Suspends an account or resumes it; doing it again changes nothing. */
export function setAccountStatus(context: DecisionContext, command: SetAccountStatus): Outcome<AccountDecision> {
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  if (account.account.status === command.status) return decidedAccount(context, account, false);
  account.account.status = command.status;
  if (command.status === 'suspended') emit(context, account, 'account.suspended', { status: 'suspended' });
  else lookAtBalance(context, account);
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
  return accepted({ account: { ...state.account }, balance: balanceOf(state), ...shownRefills(state), asOf, created });
}

/** What an account shows of how it is refilled. */
export function shownRefills({ refills }: AccountState): Pick<AccountDecision, 'plan' | 'autoTopup'> {
  const { plan, autoTopup } = refills;
  return { plan: plan?.current?.plan ?? null, autoTopup: autoTopup && autoTopupStatus(autoTopup) };
}

function differingTerms(account: Account, { unit, terms }: CreateAccount): AccountExists['differing'] {
  const fields = Object.keys(terms) as (keyof AccountTerms)[];
  const differing = fields.filter((field) => !isSame(account.terms[field], terms[field]));
  return account.unit === unit ? differing : ['unit', ...differing];
}

function isSame(a: AccountTerms[keyof AccountTerms], b: AccountTerms[keyof AccountTerms]): boolean {
  if (a instanceof Amount || b instanceof Amount) return a instanceof Amount && b instanceof Amount && a.eq(b);
  return canonicalJson(a) === canonicalJson(b);
}
