import type { Pool } from '#database';
import type { AccountRef, Refills } from '#ledger';
import { rowsOf } from '../load/rows-of.ts';
import { refillsFromRow, type AccountRefillsRow } from '../tables/account-refills.ts';
import { attemptRead } from './attempt-read.ts';
import { inSnapshot } from './snapshot.ts';

/** How an account buys credits. What a rule waits to do, a decision does: a read shows what is written. */
export class AutoTopupReader {
  constructor(private readonly pool: Pool) {}

  /** @returns `null` where there is no such account */
  find(ref: AccountRef): Promise<Pick<Refills, 'autoTopup' | 'underWay'> | null> {
    return attemptRead(async () => {
      const [row] = await inSnapshot(this.pool, (client) => rowsOf<FoundRow>(client, findRefills(ref)));
      if (!row) return null;
      return isWritten(row) ? refillsFromRow(row).refills : { autoTopup: null, underWay: null };
    });
  }
}

/** An account that has no refills is found without them. */
type FoundRow = AccountRefillsRow | { readonly account_id: null };

function isWritten(row: FoundRow): row is AccountRefillsRow {
  return row.account_id !== null;
}

function findRefills({ environment, id, key }: AccountRef) {
  return {
    name: 'find_refills_of_account',
    text: `select r.* from accounts a left join account_refills r on r.account_id = a.account_id
      where a.account_id = $1 and a.environment = $2 and a.external_id = $3`,
    values: [key, environment, id],
  };
}
