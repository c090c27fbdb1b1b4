import type { Command } from '../commands.ts';
import { isDecline, type Outcome } from '../refusals.ts';
import { findAccount, findAuthorization, type DecisionContext } from './context.ts';
import { exhaustedUses, standingOf, type Standing } from './standing.ts';

/**
 * How the account stands right after a request for credits was decided, for more of its kind: from what the decision has loaded.
 * `null` after anything else.
 */
export function standingAfter(context: DecisionContext, command: Command, outcome: Outcome<unknown>): Standing | null {
  if (!outcome.ok && !isDecline(outcome.refusal.code)) return null;
  if (command.type === 'authorize' || command.type === 'charge') {
    const account = findAccount(context, command.account);
    const { usage, tags, keyId = null } = command;
    const spanLimits = account ? exhaustedUses(context, account, keyId) : [];
    // A request that is approved has the credits that the account has; which of them may pay for it matters where it is declined.
    const options = { spanLimits, byScope: !outcome.ok, unknownIsEmpty: true };
    return account ? standingOf(context, account, { usage, tags, keyId }, options) : null;
  }
  if (command.type !== 'commit') return null;
  const found = findAuthorization(context, command.authorization);
  if (!found) return null;
  const { account, authorization } = found;
  const spanLimits = exhaustedUses(context, account, authorization.keyId);
  // The window of its value may have ended since; then it isn't known what was counted in the one of now.
  return standingOf(context, account, authorization, { spanLimits, byScope: false, unknownIsEmpty: false });
}
