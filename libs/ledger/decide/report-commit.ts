import { type Amount, formatAmount } from '#amounts';
import type { Authorization } from '../authorization.ts';
import { publicId } from '../ids.ts';
import type { AccountState } from '../state.ts';
import type { CommitSubscribers, DecisionContext } from './context.ts';
import { emit } from './emit.ts';
import type { CommitPrice } from './price-commit.ts';

/** What one commit asked for. */
export interface Committed {
  readonly required: Amount;
  /** The part of it that neither credits nor debt covered. */
  readonly uncollected: Amount;
}

/** Emits what a commit, or a charge, means for those who follow revenue. */
export function reportCommit(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { required, uncollected }: Committed,
): void {
  const { id, overage } = authorization;
  if (isSubscribed(context.rules.commitSubscribers, account)) reportFigures(context, account, authorization);
  if (uncollected.isZero()) return;
  emit(context, account, 'usage.uncollected', {
    authorization: publicId('authorization', id),
    required: formatAmount(required),
    committed: formatAmount(required.minus(uncollected)),
    uncollected: formatAmount(uncollected),
    overage,
  });
}

/** Emits that nothing had a price for usage that a commit stated, so that somebody adds the price. */
export function reportUnpriced(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { unpriced, amount }: CommitPrice,
): void {
  emit(context, account, 'usage.unpriced', {
    authorization: publicId('authorization', authorization.id),
    usage: unpriced.map(({ event, model = null }) => ({ event, model })),
    charged: formatAmount(amount),
  });
}

function isSubscribed({ environments, accounts }: CommitSubscribers, { account }: AccountState): boolean {
  return environments.has(account.environment) || accounts.has(account.key);
}

/** Without metadata, which may be larger than all the rest: whoever wants it reads the authorization. */
function reportFigures(context: DecisionContext, account: AccountState, authorization: Authorization): void {
  const { id, status, amount, held, committed, uncollected, refunded, overage, late, tags, added } = authorization;
  emit(context, account, 'authorization.committed', {
    authorization: publicId('authorization', id),
    status,
    amount: formatAmount(amount),
    held: formatAmount(held),
    committed: formatAmount(committed),
    uncollected: formatAmount(uncollected),
    refunded: formatAmount(refunded),
    overage,
    late,
    tags: added ? { ...tags, ...added.tags } : tags,
  });
}
