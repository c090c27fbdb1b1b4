import type { AccountKey } from '#ledger';
import { LedgerUnavailable } from './ledger-unavailable.ts';
import type { Doubt } from './run-batch.ts';
import type { Answer, Queued } from './submission.ts';

/** A command, and who waits for its answer. */
export interface Waiting {
  readonly queued: Queued;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** Where it was sent before, together with others, and nobody knows what became of it. */
  readonly doubt?: Doubt;
}

export function accountsOf({ queued }: Waiting): readonly AccountKey[] {
  return queued.needs.accounts;
}

/** The decisions in a batch. */
export function weightOf(batch: readonly Waiting[]): number {
  return batch.reduce((sum, { queued }) => sum + queued.weight, 0);
}

/** @param answers one for each of them, in order */
export function resolveAll(batch: readonly Waiting[], answers: readonly Answer[]): void {
  batch.forEach(({ resolve, reject }, index) => {
    const answer = answers[index];
    if (answer) resolve(answer);
    else reject(new Error('a command was left without an answer'));
  });
}

/** Whatever keeps those from being answered that were sent before: they may have been written then. */
export function rejectAll(batch: readonly Waiting[], error: unknown): void {
  for (const { reject, doubt } of batch) {
    reject(doubt ? new LedgerUnavailable('outcome_unknown', { cause: error }) : error);
  }
}
