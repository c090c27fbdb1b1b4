import type { ResumeUsage } from '../commands.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { isInForce, type Restraint } from '../restraints.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';
import { rulesDecision, type RulesDecision } from './set-rules.ts';

/**
 * Ends what restrains an account: all of it, what is about a tag, or what is about one of its values. Or, as a sweep does, reports
 * what has ended by itself. Where there is nothing to end, nothing changes.
 */
export function resumeUsage(context: DecisionContext, command: ResumeUsage): Outcome<RulesDecision> {
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  const now = timeOf(context, account);
  const ends = (one: Restraint): boolean => !isInForce(one, now) || (!command.onlyEnded && isAbout(one, command));
  const ended = account.account.restraints.filter(ends);
  if (ended.length > 0) {
    account.account.restraints = account.account.restraints.filter((one) => !ends(one));
    context.changes.accounts.updateRules(account);
  }
  for (const restraint of ended) {
    const { rule, tag, value, action, since } = restraint;
    const reason = isInForce(restraint, now) ? 'resumed' : 'ended';
    const data = { rule, tag, value, action, since: new Date(since).toISOString(), reason } as const;
    emit(context, account, 'usage.resumed', data);
  }
  return accepted(rulesDecision(context, account));
}

function isAbout(restraint: Restraint, { tag, value }: ResumeUsage): boolean {
  if (tag === null) return true;
  return restraint.tag === tag && (value === null || restraint.value === value);
}
