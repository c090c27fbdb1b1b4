import { Amount, formatAmount } from '#amounts';
import { publicId } from '#ledger';
import type { EnvironmentSettings, LimitNow, LimitTerms, ShareNow, StoredLimit } from '#ledger-store';
import { DEFAULT_UNIT } from '../accounts/account.body.ts';
import { optionalTimeView, timeView } from '../lists/time-view.ts';
import type { LimitBody } from './limit.body.ts';

/** What a body says of a limit, in an environment with these settings. */
export function givenLimit(
  { amount, period, unit, time_zone }: LimitBody,
  settings: Pick<EnvironmentSettings, 'timeZone'>,
): LimitTerms {
  return { amount: new Amount(amount), period, unit: unit ?? DEFAULT_UNIT, timeZone: time_zone ?? settings.timeZone };
}

/** A limit as its key shows it. */
export function limitTermsView({ id, amount, unit, period, timeZone }: StoredLimit) {
  return { id: publicId('limit', id), amount: formatAmount(amount), unit, period, time_zone: timeZone };
}

export function limitView(limit: LimitNow) {
  const { amount, spent, held, granted, window } = limit;
  const left = Amount.max(amount.minus(spent).minus(held), 0);
  return {
    ...limitTermsView(limit),
    kind: limit.kind,
    keys: limit.keys.map((key) => publicId('key', key)),
    spent: formatAmount(spent),
    held: formatAmount(held),
    granted: formatAmount(granted),
    remaining: formatAmount(left),
    window_start: timeView(window.start),
    resets_at: optionalTimeView(window.end),
  };
}

export function shareView({ account, granted, spent, held, leasedAt }: ShareNow) {
  return {
    account,
    granted: formatAmount(granted),
    spent: formatAmount(spent),
    held: formatAmount(held),
    leased_at: timeView(leasedAt),
  };
}
