import type { AccountKey, UsageRecord } from '#ledger';
import { usageRecordFromRow, type Queryable, type UsageRecordRow } from '#ledger-store';
import type { AuthorizationBefore } from '../facts/authorization-tally.ts';
import type { JournalSlice } from '../facts/journal-slice.ts';
import { idAfter, versionOf } from '../facts/version-of.ts';

interface Named {
  readonly key: AccountKey;
  readonly id: string;
  readonly afterId: string;
  readonly hadDraw: boolean;
}

/** What was there of the slices' authorizations before. Most began in their slice, or were only held before: they need a look, no more. */
export async function loadBefore(
  database: Queryable,
  slices: readonly JournalSlice[],
): Promise<Map<AccountKey, Map<string, AuthorizationBefore>>> {
  const named = slices.flatMap(({ account, after, authorizations }): Named[] =>
    [...authorizations.values()]
      .filter(({ id }) => versionOf(id) <= after)
      .map(({ id, firstDraw }) => ({
        ...{ key: account.key, id, afterId: idAfter(after) },
        hadDraw: firstDraw !== null && versionOf(firstDraw) <= after,
      })),
  );
  const before = new Map<AccountKey, Map<string, AuthorizationBefore>>();
  if (named.length === 0) return before;
  const values = [named.map(({ key }) => key), named.map(({ id }) => id), named.map(({ afterId }) => afterId)];
  const { rows: records } = await database.query<UsageRecordRow>(
    `select r.* from unnest($1::bigint[], $2::uuid[], $3::uuid[]) n (account_id, authorization_id, after_id)
    join usage_records r using (account_id, authorization_id) where r.id <= n.after_id order by r.id`,
    values,
  );
  const { rows: uncollected } = await database.query<{ authorization_id: string }>(
    `select distinct authorization_id from unnest($1::bigint[], $2::uuid[], $3::uuid[]) n (account_id, authorization_id, after_id)
    join uncollected_usage u using (account_id, authorization_id) where u.id <= n.after_id`,
    values,
  );
  const wereUncollected = new Set(uncollected.map((row) => row.authorization_id));
  const stated = new Map<string, UsageRecord[]>();
  for (const record of records.map(usageRecordFromRow)) {
    const all = stated.get(record.authorizationId);
    if (all) all.push(record);
    else stated.set(record.authorizationId, [record]);
  }
  for (const { key, id, hadDraw } of named) {
    const all = stated.get(id) ?? [];
    const hadRows = hadDraw || all.length > 0 || wereUncollected.has(id);
    const own = before.get(key) ?? new Map<string, AuthorizationBefore>();
    own.set(id, { hadRows, records: inForce(all), booked: hadRows ? null : new Map() });
    before.set(key, own);
  }
  return before;
}

/** What was stated since the last adjustment, that included. */
function inForce(records: readonly UsageRecord[]): readonly UsageRecord[] {
  const last = records.findLast(({ kind }) => kind === 'adjustment');
  return last ? records.filter(({ statementId }) => statementId >= last.statementId) : records;
}
