import type { Commit } from '../commands.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { commit } from './commit.ts';
import type { DecisionContext } from './context.ts';
import type { BatchDecision } from './spend-batch.ts';

/** Commits many authorizations, each on its own, in order. */
export function commitBatch(
  context: DecisionContext,
  { items }: { readonly items: readonly Commit[] },
): Outcome<BatchDecision> {
  return accepted({ mode: 'independent', items: items.map((item) => commit(context, item)) });
}
