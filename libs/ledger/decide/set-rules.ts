import type { Account } from '../account.ts';
import type { SetRules } from '../commands.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { isInForce, type Restraint } from '../restraints.ts';
import { ownRulesJson } from '../rules-json.ts';
import type { Rules } from '../rules.ts';
import type { AccountState } from '../state.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { rulesOf } from './rules-of.ts';

export interface RulesDecision {
  readonly account: Readonly<Account>;
  /** What applies to the account, of its own and of its environment's. */
  readonly rules: Rules;
  /** Those that are in force. */
  readonly restraints: readonly Restraint[];
}

/** Sets an account's own rules. They hold from the next request on; what restrains the account stays until it ends. */
export function setRules(context: DecisionContext, { account: ref, rules }: SetRules): Outcome<RulesDecision> {
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  const account = found.value;
  if (JSON.stringify(ownRulesJson(account.account.rules)) !== JSON.stringify(ownRulesJson(rules))) {
    account.account.rules = rules;
    context.changes.accounts.updateRules(account);
  }
  return accepted(rulesDecision(context, account));
}

export function rulesDecision(context: DecisionContext, state: AccountState): RulesDecision {
  return rulesStanding(context, state.account, timeOf(context, state));
}

/** @param now by the account's clock */
export function rulesStanding(rules: Parameters<typeof rulesOf>[0], account: Account, now: number): RulesDecision {
  const restraints = account.restraints.filter((one) => isInForce(one, now));
  return { account: { ...account }, rules: rulesOf(rules, account), restraints };
}
