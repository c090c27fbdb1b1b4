import type { AccountSuspended } from '../refusals.ts';
import { isInForce } from '../restraints.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/** Why an account takes no requests for credits: an operator has suspended it, or a rule has. */
export function suspensionOf(context: DecisionContext, state: AccountState): AccountSuspended | null {
  const { id, status, restraints, rules } = state.account;
  if (status === 'suspended') return { code: 'account_suspended', account: id };
  if (restraints.length === 0 || rules.exempt) return null;
  const now = timeOf(context, state);
  const by = restraints.find((one) => one.action === 'suspend' && one.tag === null && isInForce(one, now));
  return by ? { code: 'account_suspended', account: id, by: { rule: by.rule, until: by.until } } : null;
}
