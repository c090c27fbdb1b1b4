import type { Pool } from '#database';
import type { AccountRef } from '#ledger';

/** Where reports of usage read. */
export interface RolledUpSource {
  /** Of its own: a report may take seconds. */
  readonly pool: Pool;
  /** Rolls up what is new, so that the tables have everything that is in the journal. @returns when, in milliseconds since 1970 */
  readonly upToNow: (scope: { readonly environment: string; readonly account: AccountRef | null }) => Promise<number>;
}
