import type { Pool } from '#database';
import { LedgerUnavailable } from '#ledger-store';
import type { AttemptRef } from './attempt-ref.ts';
import { claimAttempt, LEASE_MS, type ClaimedAttempt } from './claim-attempt.ts';
import { endAttempt } from './end-attempt.ts';
import { keepLease } from './keep-lease.ts';
import { postponeAttempt } from './postpone-attempt.ts';
import { isWorthLogging, RETRY_DELAYS_MS, retryDelayMs } from './retry-delay.ts';

export type AttemptOutcome =
  /** What came of it is in the ledger, or there was nothing to do. */
  | { readonly status: 'ended' }
  /** The provider has taken it on, and says later what came of it. */
  | { readonly status: 'processing' }
  /** The provider gave no answer, so it may or may not have done it. */
  | { readonly status: 'unknown'; readonly failure: string };

export interface AttemptOptions {
  /** What is attempted, as the subject of a sentence: `The payment of purchase_…`. */
  readonly title: string;
  readonly log: (line: string) => void;
  /** Waits after attempts with an unknown outcome. */
  readonly delaysMs?: readonly number[] | undefined;
  /** After how long another process takes over where the lease isn't renewed, as it is during the attempt. */
  readonly leaseMs?: number | undefined;
}

/** News of what a provider has taken on comes by its webhook; this finds what got lost. */
const PROCESSING_DELAY_MS = 5 * 60_000;

/**
 * Asks a provider, where that is due and nobody else does. It may be called at any time, any number of times at once: `ask` is to
 * look first whether there is still something to do.
 *
 * @returns when to come back, in milliseconds since 1970; null where nobody needs to
 * @throws {LedgerUnavailable} where the database isn't there; the attempt is due again when its lease has expired
 */
export async function runAttempt(
  pool: Pool,
  ref: AttemptRef,
  ask: (attempt: ClaimedAttempt) => Promise<AttemptOutcome>,
  options: AttemptOptions,
): Promise<number | null> {
  const { leaseMs = LEASE_MS } = options;
  const attempt = await claimAttempt(pool, ref, leaseMs);
  if (!attempt.claimed) return attempt.dueInMs === null ? null : Date.now() + attempt.dueInMs;
  await using held = new AsyncDisposableStack();
  held.use(keepLease(pool, attempt, leaseMs));
  const outcome = await ask(attempt).catch(unknownByFault);
  if (outcome.status !== 'ended') return await comeBack(pool, attempt, outcome, options);
  await endAttempt(pool, attempt);
  return null;
}

/** A fault of Purser's own recurs, so it waits as long as a provider that doesn't answer. */
function unknownByFault(error: unknown): AttemptOutcome {
  if (error instanceof LedgerUnavailable) throw error;
  return { status: 'unknown', failure: `a fault of Purser's own: ${String(error)}` };
}

async function comeBack(
  pool: Pool,
  attempt: ClaimedAttempt,
  outcome: Exclude<AttemptOutcome, { readonly status: 'ended' }>,
  { title, log, delaysMs = RETRY_DELAYS_MS }: AttemptOptions,
): Promise<number> {
  const { tries, ageMs } = attempt;
  const isProcessing = outcome.status === 'processing';
  const delayMs = isProcessing ? PROCESSING_DELAY_MS : retryDelayMs(tries, delaysMs);
  const failure = isProcessing ? null : outcome.failure;
  await postponeAttempt(pool, attempt, { delayMs, failure });
  if (failure !== null && isWorthLogging(tries, delaysMs)) {
    const seconds = Math.round(ageMs / 1000);
    log(
      `${title} has had no known outcome for ${String(seconds)} s, in ${String(tries + 1)} attempts. ` +
        `It is attempted again with the same idempotency key until the provider answers: ${failure}`,
    );
  }
  return Date.now() + delayMs;
}
