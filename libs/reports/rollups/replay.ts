import type { Queryable } from '#ledger-store';
import type { AuthorizationBefore } from '../facts/authorization-tally.ts';
import { FactSums } from '../facts/fact-sums.ts';
import { needsBooked } from '../facts/facts-of-slice.ts';
import { foldSlice } from '../facts/fold-slice.ts';
import type { SliceAccount } from '../facts/journal-slice.ts';
import type { MoneyPosition } from '../facts/money-fact.ts';
import type { Booked } from '../facts/step-money.ts';
import { loadBefore } from './load-before.ts';
import { loadSlices } from './load-slices.ts';

const ROWS_AT_ONCE = 20_000;

export interface Replayed {
  readonly sums: FactSums;
  readonly positions: ReadonlyMap<string, MoneyPosition>;
  /** Of those whose next step may have to share it anew, and of those that were asked for. */
  readonly booked: ReadonlyMap<string, Booked>;
}

export interface ReplayTerms {
  readonly account: SliceAccount;
  readonly through: bigint;
  readonly tags: readonly string[];
  /** The UUIDs of authorizations of which is asked what was booked in all. */
  readonly authorizations?: readonly string[];
  /** What facts are added to. */
  readonly sums?: FactSums;
  /** As many rows are read at once, about. */
  readonly rowsAtOnce?: number;
}

/** Adds an account's whole journal up anew, up to a version. It writes nothing. */
export async function replay(
  database: Queryable,
  { account, through, tags, authorizations = [], sums = new FactSums(), rowsAtOnce = ROWS_AT_ONCE }: ReplayTerms,
): Promise<Replayed> {
  const positions = new Map<string, MoneyPosition>();
  const booked = new Map<string, Booked>();
  const kept = new Set([...authorizations, ...(await loadAdjusted(database, account.key))]);
  for (let after = 0n; after < through;) {
    const [slice] = await loadSlices(database, [{ account, after, through }], rowsAtOnce);
    if (!slice) break;
    const before = (await loadBefore(database, [slice])).get(account.key) ?? new Map<string, AuthorizationBefore>();
    for (const [id, one] of before) if (one.hadRows) before.set(id, { ...one, booked: booked.get(id) ?? null });
    const missing = needsBooked(slice, before);
    if (missing.length > 0) throw new Error(`what was booked of ${missing.join(', ')} is missing`);
    const folded = foldSlice(slice, { before, positions, tags }, sums);
    for (const [name, position] of folded.positions) positions.set(name, position);
    for (const one of folded.booked) {
      if (one.isNeeded || kept.has(one.id)) booked.set(one.id, one.booked);
      else booked.delete(one.id);
    }
    after = slice.through;
  }
  return { sums, positions, booked };
}

/** Only an adjustment gives a closed authorization other usage than it had. */
async function loadAdjusted(database: Queryable, key: string): Promise<string[]> {
  const { rows } = await database.query<{ authorization_id: string }>(
    `select distinct authorization_id from usage_records where account_id = $1 and kind = 'adjustment'`,
    [key],
  );
  return rows.map((row) => row.authorization_id);
}
