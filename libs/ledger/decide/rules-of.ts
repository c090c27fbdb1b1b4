import type { Account } from '../account.ts';
import { applyingRules, type Rules } from '../rules.ts';
import type { LedgerRules } from './context.ts';

/** The rules that apply to an account. */
export function rulesOf({ rules }: { readonly rules: Pick<LedgerRules, 'defaultRules'> }, account: Account): Rules {
  return applyingRules(account.rules, rules.defaultRules.get(account.environment));
}
