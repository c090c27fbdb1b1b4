import type { Tags } from '#pricing';
import type { Command, CommandType } from '../commands.ts';
import { accountKeyOf, type AccountKey } from '../ids.ts';
import { isDecline, type Outcome, type RefusalCode } from '../refusals.ts';
import type { LedgerState } from '../state.ts';
import type { ShareWant } from '../span-limits.ts';
import type { BatchDecision } from './spend-batch.ts';

interface Decline {
  readonly accountKey: AccountKey;
  readonly reason: RefusalCode;
  readonly tags: Tags;
}

/** What accounts were refused by this decision: one entry for each request, or item, that was declined. */
export function declinesOf(
  { authorizations }: Pick<LedgerState, 'authorizations'>,
  command: Command,
  outcome: Outcome<unknown>,
): Decline[] {
  const declineOf = (asked: Asked, one: Outcome<unknown>): Decline[] => {
    if (one.ok || !isDecline(one.refusal.code)) return [];
    const tags = 'authorization' in asked ? authorizations.get(asked.authorization.id)?.tags : asked.tags;
    return [{ accountKey: accountOf(asked), reason: one.refusal.code, tags: tags ?? {} }];
  };
  if ('items' in command) {
    return itemsOf(outcome).flatMap((item, at) => {
      const asked = command.items[at];
      return asked ? declineOf(asked, item) : [];
    });
  }
  return asksForCredits(command) ? declineOf(command, outcome) : [];
}

type AsksForCredits = Command<'authorize' | 'charge' | 'commit' | 'extend'>;

/** A closed account declines grants and other terms too. These ask for no credits. */
function asksForCredits(command: Command): command is Command & AsksForCredits {
  return ASKS_FOR_CREDITS.includes(command.type);
}

const ASKS_FOR_CREDITS: readonly CommandType[] = ['authorize', 'charge', 'commit', 'extend'];

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

type Asked =
  | { readonly account: { readonly key: AccountKey }; readonly tags: Tags }
  | { readonly authorization: { readonly id: string } };

function accountOf(asked: Asked): AccountKey {
  return 'account' in asked ? asked.account.key : accountKeyOf(asked.authorization.id);
}
