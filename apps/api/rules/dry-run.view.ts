import { formatAmount, ZERO } from '#amounts';
import type { DryRun } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';

/** So many are shown, those that would have saved the most. */
const SHOWN_MAX = 100;

export function dryRunView({ requests, caught, until, truncated }: DryRun) {
  const first = Math.min(...caught.map(({ firstAt }) => firstAt));
  const most = caught.toSorted((a, b) => b.saved.cmp(a.saved) || b.declined - a.declined);
  return {
    requests,
    declined: caught.reduce((sum, { declined }) => sum + declined, 0),
    saved: formatAmount(caught.reduce((sum, { saved }) => sum.plus(saved), ZERO)),
    first_at: caught.length === 0 ? null : timeView(first),
    caught: most.slice(0, SHOWN_MAX).map(caughtView),
    until: timeView(until),
    truncated,
  };
}

export function caughtView({ accountId, rule, tag, value, declined, saved, firstAt }: DryRun['caught'][number]) {
  return { account: accountId, rule, tag, value, declined, saved: formatAmount(saved), first_at: timeView(firstAt) };
}
