import { formatAmount } from '#amounts';
import type { DecisionContext } from './context.ts';
import { emit, grantData, type Moment } from './emit.ts';

/**
 * Emits what grants that had ended before have lost since: what a hold lets go, or a refund gives back, leaves such a grant at
 * once. So does everything that is left of a grant when its account is closed. Together with what was lost when it ended, the
 * events of a grant add up to all of its breakage, or to all that was taken back.
 *
 * @param moment when it happened; now, where it isn't given
 */
export function reportLosses(context: DecisionContext, moment?: Moment): void {
  const { lost } = context.changes;
  if (lost.size === 0) return;
  for (const [grant, sum] of lost) {
    const account = context.state.accounts.get(grant.accountKey);
    if (!account) continue;
    const amount = formatAmount(sum);
    const data = grantData(grant);
    if (grant.voidedAt === null) {
      emit(context, account, 'grant.remainder_expired', { ...data, amount_expired: amount }, moment);
    } else emit(context, account, 'grant.remainder_voided', { ...data, amount_voided: amount }, moment);
  }
  lost.clear();
}
