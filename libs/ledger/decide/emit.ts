import { formatAmount } from '#amounts';
import { available, type Balance } from '../balance.ts';
import { chargedIn, type CommitmentPeriod } from '../commitments.ts';
import type { CommitmentPeriodData, GrantData, LedgerEvent, LedgerEvents, LedgerEventType } from '../events.ts';
import type { Grant } from '../grant.ts';
import { publicId } from '../ids.ts';
import { balanceOf, type AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/** An instant, by the account's clock, and the account's balance right after what happened then. */
export interface Moment {
  readonly at: number;
  readonly balance: Balance;
}

export function momentOf(context: DecisionContext, account: AccountState): Moment {
  return { at: timeOf(context, account), balance: balanceOf(account) };
}

/**
 * Emits an event about an account. It is written in the transaction that makes it true.
 *
 * @param moment when it happened; now, where it isn't given
 * @returns the event's UUID
 */
export function emit<T extends LedgerEventType>(
  context: DecisionContext,
  state: AccountState,
  type: T,
  data: LedgerEvents[T],
  { at, balance }: Moment = momentOf(context, state),
): string {
  const { account } = state;
  account.sequence += 1;
  const id = state.ids.next(context.realNow);
  const event = {
    id,
    accountKey: account.key,
    environment: account.environment,
    type,
    sequence: account.sequence,
    data: {
      account: account.id,
      sequence: account.sequence,
      ...data,
      balance: {
        posted: formatAmount(balance.posted),
        held: formatAmount(balance.held),
        available: formatAmount(available(balance)),
        unit: account.unit,
      },
    },
    occurredAt: at,
  };
  context.changes.events.push(event as unknown as LedgerEvent);
  context.changes.accounts.updateAlerts(state);
  return id;
}

/** A grant as events show it. */
export function grantData(grant: Grant): GrantData {
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

/** A period of a commitment as events show it. */
export function periodData(period: CommitmentPeriod): CommitmentPeriodData {
  return {
    period_start: new Date(period.start).toISOString(),
    period_end: new Date(period.end).toISOString(),
    amount: formatAmount(period.amount),
    spent: formatAmount(period.spent),
    charged: formatAmount(chargedIn(period)),
    uncollected: formatAmount(period.uncollected),
  };
}
