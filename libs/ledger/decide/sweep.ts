import type { Sweep } from '../commands.ts';
import { hasExpired, type Grant } from '../grant.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState, DeclinedMinute } from '../state.ts';
import { findAccount, timeOf, type DecisionContext } from './context.ts';
import { emit, grantData } from './emit.ts';

export interface SweepDecision {
  /** The account's own id. */
  readonly account: string;
}

/**
 * What time has done is booked before any decision, this one too. What is left are notices of what is coming, and what was
 * declined, which is reported once a minute.
 */
export function sweep(context: DecisionContext, { account: ref, expiryNotices }: Sweep): Outcome<SweepDecision> {
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  for (const grant of account.grants) giveNotice(context, account, grant, expiryNotices);
  for (const declined of context.state.declined.get(ref.key) ?? []) reportDeclined(context, account, declined);
  return accepted({ account: ref.id });
}

/** Of two sweeps in one transaction, the first reports. */
function reportDeclined(context: DecisionContext, account: AccountState, declined: DeclinedMinute): void {
  const { reportedDeclines } = context.changes;
  if (reportedDeclines.has(declined)) return;
  reportedDeclines.add(declined);
  const { minute, requests } = declined;
  emit(context, account, 'authorization.declined', { requests, minute: new Date(minute).toISOString() });
}

/** Of several notices that are due, the owner is given one. None is given that was due before the grant was made. */
function giveNotice(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  expiryNotices: readonly number[],
): void {
  const now = timeOf(context, account);
  const { expiresAt, createdAt } = grant;
  if (expiresAt === null || hasExpired(grant, now) || grant.remaining.isZero()) return;
  if (grant.voidedAt !== null || grant.frozenAt !== null) return;
  const due = expiryNotices.filter((ahead) => expiresAt - ahead <= now);
  if (due.length <= grant.expiryNotices) return;
  const fresh = due.slice(grant.expiryNotices).some((ahead) => expiresAt - ahead >= createdAt);
  grant.expiryNotices = due.length;
  context.changes.grants.update(grant);
  if (fresh) emit(context, account, 'grant.expiring', grantData(grant));
}
