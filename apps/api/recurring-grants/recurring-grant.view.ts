import { formatAmount } from '#amounts';
import { publicId, recurringJson, type RecurringGrant } from '#ledger';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

/** A recurring grant at an instant of its account. */
export interface ShownRecurringGrant {
  /** The account's own id. */
  readonly account: string;
  readonly recurring: RecurringGrant;
  readonly asOf: number;
}

export const RECURRING_STATUSES = ['active', 'paused', 'ended', 'deleted'] as const;

export function recurringGrantView({ account, recurring, asOf }: ShownRecurringGrant) {
  const { name, terms } = recurringJson(recurring);
  const { last, next } = recurring;
  return {
    name,
    account,
    status: statusOf(recurring),
    amount: terms.amount,
    interval: terms.interval,
    every: terms.every,
    anchor: timeView(recurring.anchor),
    time_zone: terms.timeZone,
    category: terms.category,
    priority: terms.priority,
    expires: typeof terms.expires === 'number' ? terms.expires / 1000 : terms.expires,
    rollover: terms.rollover,
    scope: terms.scope,
    starts_at: timeView(recurring.startsAt),
    ends_at: optionalTimeView(recurring.endsAt),
    prorate_first: terms.prorateFirst,
    price: terms.price,
    currency: terms.currency,
    current_period:
      last && last.end > asOf
        ? {
            start: timeView(last.start),
            end: timeView(last.end),
            amount: formatAmount(last.amount),
            grant: last.grant && publicId('grant', last.grant),
          }
        : null,
    next_at: next && timeView(next.at),
    paused_at: optionalTimeView(recurring.pausedAt),
    created_at: timeView(recurring.createdAt),
  };
}

function statusOf({ deletedAt, pausedAt, next }: RecurringGrant): (typeof RECURRING_STATUSES)[number] {
  if (deletedAt !== null) return 'deleted';
  if (pausedAt !== null) return 'paused';
  return next === null ? 'ended' : 'active';
}
