import { PolledSnapshot } from '#background';
import type { Pool } from '#database';
import type { AccountKey, CommitSubscribers } from '#ledger';
import { queryable, type FollowedSubscriptions } from '#ledger-store';

const REFRESH_MS = 500;

/**
 * Keeps in memory which environments and accounts have an endpoint that names `authorization.committed`, and follows changes,
 * which other processes may make, until it is closed. Decisions emit that event only for them: a commit that is decided before
 * its process has noticed a new endpoint is never reported to it.
 *
 * A disabled endpoint counts too: what happens meanwhile can be delivered again once it is enabled.
 */
export async function followCommitSubscriptions(
  pool: Pool,
  log: (line: string) => void,
): Promise<FollowedSubscriptions> {
  const title = 'The look-up of subscriptions to commits';
  const load = (): Promise<CommitSubscribers> => loadSubscribers(pool);
  const snapshot = await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log });
  return {
    get environments() {
      return snapshot.value.environments;
    },
    get accounts() {
      return snapshot.value.accounts;
    },
    noticeChange: () => snapshot.noticeChange(),
    close: () => snapshot.close(),
  };
}

async function loadSubscribers(pool: Pool): Promise<CommitSubscribers> {
  const { rows } = await queryable(pool).query<{ environment: string; account_id: AccountKey | null }>(
    `select distinct environment, account_id from webhook_endpoints where 'authorization.committed' = any(types)`,
  );
  return {
    environments: new Set(rows.filter(({ account_id }) => account_id === null).map(({ environment }) => environment)),
    accounts: new Set(rows.flatMap(({ account_id }) => account_id ?? [])),
  };
}
