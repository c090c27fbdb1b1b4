import type { Command } from '../commands.ts';
import { accountKeyOf, type AccountKey } from '../ids.ts';
import { isDecline, type Outcome } from '../refusals.ts';
import type { BatchDecision } from './spend-batch.ts';

/** The accounts that were refused credits by this decision: one entry for each request, or item, that was declined. */
export function declinesOf(command: Command, outcome: Outcome<unknown>): AccountKey[] {
  if ('items' in command) {
    const items = outcome.ok ? (outcome.value as BatchDecision).items : (outcome.items ?? []);
    return items.flatMap((item, at) => {
      const asked = command.items[at];
      return asked && isDeclined(item) ? [accountOf(asked)] : [];
    });
  }
  return isDeclined(outcome) && ('account' in command || 'authorization' in command) ? [accountOf(command)] : [];
}

function isDeclined(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && isDecline(outcome.refusal.code);
}

type Asked = { readonly account: { readonly key: AccountKey } } | { readonly authorization: { readonly id: string } };

function accountOf(asked: Asked): AccountKey {
  return 'account' in asked ? asked.account.key : accountKeyOf(asked.authorization.id);
}
