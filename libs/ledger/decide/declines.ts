import type { Command } from '../commands.ts';
import { accountKeyOf, type AccountKey } from '../ids.ts';
import { isDecline, type Outcome } from '../refusals.ts';
import type { ShareWant } from '../span-limits.ts';
import type { BatchDecision } from './spend-batch.ts';

/** The accounts that were refused credits by this decision: one entry for each request, or item, that was declined. */
export function declinesOf(command: Command, outcome: Outcome<unknown>): AccountKey[] {
  if ('items' in command) {
    return itemsOf(outcome).flatMap((item, at) => {
      const asked = command.items[at];
      return asked && isDeclined(item) ? [accountOf(asked)] : [];
    });
  }
  return isDeclined(outcome) ? accountsAskedForCredits(command) : [];
}

/** A closed account declines grants and other terms too. These ask for no credits. */
function accountsAskedForCredits(command: Command): AccountKey[] {
  switch (command.type) {
    case 'authorize':
    case 'charge':
    case 'commit':
    case 'extend':
      return [accountOf(command)];
    default:
      return [];
  }
}

/**
 * Whether the answer says when a hold expires, or to ask again, and that is only a guess: not all open holds were known to the decision, see
 * `HoldExpiries`.
 */
export function guessesExpiry(outcome: Outcome<unknown>): boolean {
  if (!outcome.ok && 'expiryIsExact' in outcome.refusal && !outcome.refusal.expiryIsExact) return true;
  return itemsOf(outcome).some(guessesExpiry);
}

/** What accounts have to be leased before the answer is one. */
export function wantsOf(outcome: Outcome<unknown>): readonly ShareWant[] {
  const own = !outcome.ok && 'wants' in outcome.refusal ? outcome.refusal.wants : null;
  const ofItems = itemsOf(outcome);
  return ofItems.length > 0 ? ofItems.flatMap(wantsOf) : own ? [own] : [];
}

/** Of a batch, refused or not, how each item went; none of any other command. */
function itemsOf(outcome: Outcome<unknown>): readonly Outcome<unknown>[] {
  if (!outcome.ok) return outcome.items ?? [];
  return isBatch(outcome.value) ? outcome.value.items : [];
}

function isBatch(value: unknown): value is BatchDecision {
  return typeof value === 'object' && value !== null && 'items' in value;
}

function isDeclined(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && isDecline(outcome.refusal.code);
}

type Asked = { readonly account: { readonly key: AccountKey } } | { readonly authorization: { readonly id: string } };

function accountOf(asked: Asked): AccountKey {
  return 'account' in asked ? asked.account.key : accountKeyOf(asked.authorization.id);
}
