import { accountKeyOf, type Authorization, type UsageRecord } from '#ledger';
import type { JsonObject } from '#amounts';
import type { PoolClient } from '#database';
import { arrayOf, type Statement } from '../statement.ts';
import type { AccountOverridesRow } from '../tables/account-overrides.ts';
import { usageRecordFromRow, type UsageRecordRow } from '../tables/usage-records.ts';
import type { AccountCache } from './account-cache.ts';
import { rowsOf } from './rows-of.ts';
import { sharedOf } from './shared-overrides.ts';

/** Own prices of accounts, by account and version. */
function findOverrides(keys: readonly string[], versions: readonly number[]): Statement {
  return {
    name: 'find_overrides',
    text: `select found.* from unnest($1::bigint[], $2::integer[]) wanted (account_id, version), lateral (
        select * from account_overrides where account_id = wanted.account_id and version = wanted.version limit 1
      ) found`,
    values: [arrayOf(keys), arrayOf(versions)],
  };
}

/** Usage of an authorization is recorded after it was made, and ids follow time: partitions of earlier months are left out. */
const OF_WANTED = 'account_id = wanted.account_id and authorization_id = wanted.id and id > wanted.id';

/** What final commits and charges have said, which are all that a repeated commit is compared with. */
export function findStated(ids: readonly string[]): Statement {
  return {
    name: 'find_stated_usage',
    text: `select found.* from unnest($1::bigint[], $2::uuid[]) wanted (account_id, id), lateral (
        select * from usage_records where ${OF_WANTED} and kind in ('charge', 'commit')
        order by id offset 0
      ) found`,
    values: [arrayOf(ids.map(accountKeyOf)), arrayOf(ids)],
  };
}

/** All that was said of what authorizations have used, in order. */
export function findUsageRecords(ids: readonly string[]): Statement {
  return {
    name: 'find_usage_records',
    text: `select found.* from unnest($1::bigint[], $2::uuid[]) wanted (account_id, id), lateral (
        select * from usage_records where ${OF_WANTED}
        order by id offset 0
      ) found`,
    values: [arrayOf(ids.map(accountKeyOf)), arrayOf(ids)],
  };
}

/**
 * Completes authorizations that were just read by what stands in rows of its own. Most have none, and are as they should be.
 *
 * @param cache may have copies of the same prices, which were parsed already
 */
export async function completeAuthorizations(
  client: PoolClient,
  authorizations: ReadonlyMap<string, Authorization>,
  cache: Pick<AccountCache, 'overridesOf'> | null,
): Promise<void> {
  const all = [...authorizations.values()];
  await Promise.all([addOverrides(client, all, cache), addStated(client, all)]);
}

async function addOverrides(
  client: PoolClient,
  authorizations: readonly Authorization[],
  cache: Pick<AccountCache, 'overridesOf'> | null,
): Promise<void> {
  const wanted = new Map<string, Pick<AccountOverridesRow, 'account_id' | 'version'>>();
  for (const { accountKey, pricing } of authorizations) {
    const version = pricing?.price?.overrides?.version;
    if (version !== undefined) wanted.set(`${accountKey}/${String(version)}`, { account_id: accountKey, version });
  }
  if (wanted.size === 0) return;
  const refs = [...wanted.values()];
  const keys = refs.map(({ account_id }) => account_id);
  const versions = refs.map(({ version }) => version);
  const found = new Map<string, readonly JsonObject[]>();
  for (const row of await rowsOf<AccountOverridesRow>(client, findOverrides(keys, versions))) {
    const { account_id: key, version, prices } = row;
    found.set(`${key}/${String(version)}`, sharedOf(prices, cache?.overridesOf(key, version) ?? null));
  }
  for (const authorization of authorizations) {
    const { accountKey, pricing } = authorization;
    if (!pricing?.price?.overrides) continue;
    const { version } = pricing.price.overrides;
    const prices = found.get(`${accountKey}/${String(version)}`);
    if (!prices) throw new Error(`version ${String(version)} of the overrides of account ${accountKey} is gone`);
    authorization.pricing = { ...pricing, price: { ...pricing.price, overrides: { version, prices } } };
  }
}

/** Only what was committed has said what was used. */
async function addStated(client: PoolClient, authorizations: readonly Authorization[]): Promise<void> {
  const stated = authorizations.filter(({ status, pricing }) => status === 'committed' && pricing?.settlement);
  if (stated.length === 0) return;
  const rows = await rowsOf<UsageRecordRow>(client, findStated(stated.map(({ id }) => id)));
  const records = Map.groupBy(rows.map(usageRecordFromRow), ({ authorizationId }) => authorizationId);
  for (const authorization of stated) authorization.stated = records.get(authorization.id) ?? [];
}

/** The records that count: those of the last adjustment, or those of all commits where there was none. */
export function countedRecords(records: readonly UsageRecord[]): readonly UsageRecord[] {
  const last = records.at(-1);
  return last?.kind === 'adjustment' ? records.filter(({ statementId }) => statementId === last.statementId) : records;
}
