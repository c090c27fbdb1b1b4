import { Amount, canonicalJson, formatAmount, type Json } from '#amounts';
import type { CurrentPlan, OwnTerms, PlanVersionRef } from '../account-plan.ts';
import { parsePublicId, publicId } from '../ids.ts';
import type { PlanAlertsJson, PlanTermsJson } from '../plan-json.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';

/** A change from one plan, or version of it, to another; `null`: none. */
export interface PlanStep {
  readonly from: CurrentPlan | null;
  readonly to: PlanVersionRef | null;
  /** By the account's clock. */
  readonly at: number;
}

type Field = keyof OwnTerms;
const FIELDS: readonly Field[] = ['rate_card', 'overdraft_limit', 'alerts'];

/**
 * Sets what a plan says of an account's rate card, its overdraft limit and its alerts. What the plan before has brought and this one
 * doesn't say goes back to what the account had of its own. What somebody has set meanwhile is the account's own: it stays where the
 * plan only gets another version.
 *
 * @returns what the account has of its own now
 */
export function setPlanTerms(context: DecisionContext, account: AccountState, step: PlanStep): OwnTerms {
  const now = termsNow(account);
  const next = { ...now };
  const own: Record<string, Json> = {};
  for (const field of FIELDS) {
    const set = fieldAfter(field, now[field] as Json, step);
    Object.assign(next, { [field]: set.value });
    if (set.own !== undefined) own[field] = set.own;
  }
  write(context, account, { before: now, after: next });
  return own;
}

interface SetField {
  readonly value: Json;
  /** Absent where the plan doesn't say it. */
  readonly own?: Json;
}

function fieldAfter(field: Field, current: Json, { from, to }: PlanStep): SetField {
  const said = saidBy(from, field);
  const isChanged = said !== null && canonicalJson(said) !== canonicalJson(current);
  const own = said === null || isChanged ? current : ((from?.own[field] as Json | undefined) ?? null);
  const wanted = saidBy(to, field);
  if (wanted === null) return { value: own };
  const isSamePlan = from !== null && from.plan === to?.plan;
  return { value: isChanged && isSamePlan ? current : wanted, own };
}

function saidBy(plan: PlanVersionRef | null, field: Field): Json {
  return (plan?.terms[field] ?? null) as Json;
}

interface TermsNow {
  readonly rate_card: string | null;
  readonly overdraft_limit: string;
  readonly alerts: PlanAlertsJson;
}

function termsNow({ account }: AccountState): TermsNow {
  const { rateCard, overdraftLimit } = account.terms;
  const { percent, remaining } = account.alerts.rules;
  return {
    rate_card: rateCard && publicId('rateCard', rateCard),
    overdraft_limit: formatAmount(overdraftLimit),
    alerts: { percent, remaining: remaining && remaining.map(formatAmount) },
  };
}

function write(
  { changes }: DecisionContext,
  state: AccountState,
  { before, after }: { readonly before: TermsNow; readonly after: TermsNow },
): void {
  const { account } = state;
  if (before.rate_card !== after.rate_card || before.overdraft_limit !== after.overdraft_limit) {
    const rateCard = after.rate_card && parsePublicId('rateCard', after.rate_card);
    account.terms = { ...account.terms, rateCard, overdraftLimit: new Amount(after.overdraft_limit) };
    changes.accounts.updateTerms(state);
  }
  if (canonicalJson(before.alerts as unknown as Json) === canonicalJson(after.alerts as unknown as Json)) return;
  const { percent, remaining } = after.alerts;
  const { runOutDays } = account.alerts.rules;
  account.alerts.rules = { percent, runOutDays, remaining: remaining && remaining.map((level) => new Amount(level)) };
  changes.accounts.updateAlerts(state);
}

/** The terms that a plan sets for an account of this unit: a rate card in another one has no prices for it. */
export function termsFor(unit: string, to: PlanVersionRef): PlanVersionRef {
  const terms: PlanTermsJson =
    to.cardUnit === null || to.cardUnit === unit ? to.terms : { ...to.terms, rate_card: null };
  return { ...to, terms };
}
