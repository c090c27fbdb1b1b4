import type { Account } from '../account.ts';
import { effectiveRules, type AlertRules } from '../alerts.ts';
import type { Amount } from '#amounts';
import type { SetAlerts } from '../commands.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { findOpenAccount, type DecisionContext, type LedgerRules } from './context.ts';

export interface AlertsDecision {
  readonly account: Readonly<Account>;
  readonly posted: Amount;
  /** What holds for the account, of its own or of its environment's. */
  readonly rules: AlertRules;
}

/** Sets an account's own alert rules. They hold from the next write on; the change itself sends no alert. */
export function setAlerts(context: DecisionContext, { account: ref, rules }: SetAlerts): Outcome<AlertsDecision> {
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  const account = found.value;
  account.account.alerts.rules = rules;
  context.changes.accounts.updateAlerts(account);
  return accepted(alertsOf(context, account));
}

export function alertsOf(
  { rules: { alertRules } }: { readonly rules: Pick<LedgerRules, 'alertRules'> },
  { account, posted }: { readonly account: Account; readonly posted: Amount },
): AlertsDecision {
  const rules = effectiveRules(account.alerts.rules, alertRules.get(account.environment));
  return { account: { ...account, alerts: { ...account.alerts } }, posted, rules };
}
