import type { CommandType, Outcome } from '#ledger';

/** So many decisions of one kind that ended alike. */
export interface CountedOutcome {
  readonly kind: string;
  readonly result: string;
  readonly count: number;
}

/** An item of a batch is counted as what it would be alone. */
const ITEM_KINDS: Partial<Record<CommandType, CommandType>> = {
  authorize_batch: 'authorize',
  charge_batch: 'charge',
  commit_batch: 'commit',
};

/**
 * What a command counts for. Of a batch each item counts: with its own refusal, or as `batch_refused` where nothing was wrong
 * with it and the batch was refused as a whole.
 *
 * @param outcome null where the request had been answered before, under the same key
 */
export function outcomesOf(type: CommandType, outcome: Outcome<unknown> | null): CountedOutcome[] {
  const kind = ITEM_KINDS[type] ?? type;
  if (!outcome) return [{ kind, result: 'replayed', count: 1 }];
  const items = itemsOf(outcome);
  if (!items) return [{ kind, result: resultOf(outcome, 'accepted'), count: 1 }];
  const counts = new Map<string, number>();
  for (const item of items) {
    const result = resultOf(item, outcome.ok ? 'accepted' : 'batch_refused');
    counts.set(result, (counts.get(result) ?? 0) + 1);
  }
  return [...counts].map(([result, count]) => ({ kind, result, count }));
}

function resultOf(outcome: Outcome<unknown>, ifOk: string): string {
  return outcome.ok ? ifOk : outcome.refusal.code;
}

function itemsOf(outcome: Outcome<unknown>): readonly Outcome<unknown>[] | null {
  if (!outcome.ok) return outcome.items ?? null;
  const { value } = outcome;
  if (typeof value !== 'object' || value === null || !('items' in value)) return null;
  return value.items as readonly Outcome<unknown>[];
}
