import type { Pool } from '#database';
import { noChanges, settle } from '#ledger';
import type { KnownAccounts } from '../load/known-accounts.ts';
import { loadState } from '../load/load-state.ts';
import { inSnapshot } from '../read/snapshot.ts';
import { isOfAKindToDecideAhead } from './decide-ahead.ts';
import { needsOfAll } from './run-batch.ts';
import type { Queued } from './submission.ts';

/** Whether a command could be decided ahead if only more were known. */
export function isWorthLookingUp({ state }: KnownAccounts, { command, needs }: Queued): boolean {
  return (
    isOfAKindToDecideAhead(command) &&
    (needs.accounts.some((key) => !state.accounts.has(key)) ||
      needs.authorizations.some((id) => !state.authorizations.has(id)))
  );
}

/**
 * Gets to know what a batch needs, by reading it without locks. It is decided ahead then like anything known: should it have
 * changed in between, the guards find that out. An account to which time has done something that isn't booked is left out.
 *
 * @returns the database's clock at which it was read, in milliseconds since 1970
 */
export async function lookUp(pool: Pool, known: KnownAccounts, batch: readonly Queued[]): Promise<number> {
  const { state, now, lapsed } = await inSnapshot(pool, (client) => loadState(client, needsOfAll(batch), null));
  const due = noChanges();
  settle({ state, changes: due, now }, lapsed);
  for (const { account } of due.updatedAccounts) state.accounts.delete(account.key);
  known.learnAsRead(state, now);
  return now;
}
