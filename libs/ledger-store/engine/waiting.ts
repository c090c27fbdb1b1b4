import type { AccountKey } from '#ledger';
import type { Answer, Queued } from './submission.ts';

/** A command, and who waits for its answer. */
export interface Waiting {
  readonly queued: Queued;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** How often something was read for it, or decided on it, and came to nothing. */
  attempts: number;
  /** Whether it is to be decided under locks, on what is stored. */
  needsLocks: boolean;
  /** Whether its idempotency key is to be looked up first, because a guard has found it. */
  needsKey: boolean;
  /** Whether the windows by value that it asks for are to be looked up first, because they may be there. */
  needsWindows: boolean;
  /** How often something was leased for it. */
  refills: number;
}

/** A command that has just come. */
export function arrived(queued: Queued, resolve: Waiting['resolve'], reject: Waiting['reject']): Waiting {
  return { queued, resolve, reject, attempts: 0, needsLocks: false, needsKey: false, needsWindows: false, refills: 0 };
}

export function accountsOf({ queued }: Waiting): readonly AccountKey[] {
  return queued.needs.accounts;
}

/** @param keys with their scopes, as a guard names them */
export function hasKeyIn({ queued: { key } }: Waiting, keys: ReadonlySet<string>): boolean {
  return key !== null && keys.has(`${key.scope}/${key.key}`);
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

export function rejectAll(batch: readonly Waiting[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}
