import type { AlertRules } from '../alerts.ts';
import type { SetAlerts } from '../commands.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import { findAccount, type DecisionContext } from './context.ts';
import { touch } from './movements.ts';

export interface AlertsDecision {
  /** The account's own id. */
  readonly account: string;
  /** `null`: it follows its environment. */
  readonly rules: AlertRules | null;
}

/** Sets an account's own alert rules. They hold from the next write on; nothing is told because of the change itself. */
export function setAlerts(context: DecisionContext, { account: ref, rules }: SetAlerts): Outcome<AlertsDecision> {
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  account.account.alerts.rules = rules;
  context.changes.changedAlerts.add(account);
  touch(context, account);
  return accepted({ account: account.account.id, rules });
}
