import type { Refills } from '../refills.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';

/** Gives an account other refills. Those of an account that had none yet are a row of their own from now on. */
export function setRefills({ changes }: DecisionContext, account: AccountState, refills: Refills): void {
  account.refills = refills;
  changes.accounts.update(account);
  if (account.account.hasRefills) {
    changes.refills.update(account);
    return;
  }
  account.account.hasRefills = true;
  changes.accounts.updateTerms(account);
  changes.refills.create(account);
}
