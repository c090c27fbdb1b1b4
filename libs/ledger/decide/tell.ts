import { formatAmount, type Amount } from '../amount.ts';
import { available } from '../balance.ts';
import type { LedgerEvent, LedgerEvents, LedgerEventType } from '../events.ts';
import type { Grant } from '../grant.ts';
import { publicId } from '../ids.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { touch } from './transaction.ts';

/** When it happened and what was posted then; now, where it isn't said. */
export interface Moment {
  readonly at: number;
  readonly posted: Amount;
}

export function momentOf(context: DecisionContext, account: AccountState): Moment {
  return { at: timeOf(context, account), posted: account.posted };
}

/** Tells of something about an account: the event is written with what it tells of. @returns its UUID */
export function tell<T extends LedgerEventType>(
  context: DecisionContext,
  state: AccountState,
  type: T,
  data: LedgerEvents[T],
  { at, posted }: Moment = momentOf(context, state),
): string {
  const { account, held } = state;
  account.sequence += 1;
  const id = state.ids.next(context.realNow);
  const balance = {
    posted: formatAmount(posted),
    held: formatAmount(held),
    available: formatAmount(available({ posted, held })),
    unit: account.unit,
  };
  const event = {
    id,
    accountKey: account.key,
    environment: account.environment,
    type,
    sequence: account.sequence,
    data: { account: account.id, sequence: account.sequence, ...data, balance },
    occurredAt: at,
  };
  context.changes.events.push(event as unknown as LedgerEvent);
  context.changes.changedAlerts.add(state);
  touch(context, state);
  return id;
}

/** A grant as events tell it. */
export function grantTold(grant: Grant) {
  const time = (instant: number): string => new Date(instant).toISOString();
  return {
    grant: publicId('grant', grant.id),
    category: grant.category,
    amount: formatAmount(grant.amount),
    remaining: formatAmount(grant.remaining),
    effective_at: time(grant.effectiveAt),
    expires_at: grant.expiresAt === null ? null : time(grant.expiresAt),
  };
}
