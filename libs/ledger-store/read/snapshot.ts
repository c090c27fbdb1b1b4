import type { Pool, PoolClient } from '#database';
import {
  NO_PLANS,
  NO_RULES,
  noChanges,
  settle,
  withTestClocks,
  type AccountKey,
  type AccountRef,
  type AccountState,
  type Lapsed,
  type PlanBook,
  type Transfer,
} from '#ledger';
import { ofConnection } from '../engine/failures.ts';
import { findAppliedVersions, planBook } from '../plans/applied-versions.ts';
import { queryable } from '../queryable.ts';
import { loadState, type LoadedState } from '../load/load-state.ts';

/** Runs reads on one snapshot, without locks. The pool must pipeline: the statements of a reading go out together. */
export async function inSnapshot<T>(pool: Pool, read: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await ofConnection(pool.connect());
  let broken = true;
  try {
    const [, result] = await Promise.all([
      ofConnection(client.query('begin isolation level repeatable read read only')),
      read(client),
    ]);
    await ofConnection(client.query('commit'));
    broken = false;
    return result;
  } finally {
    // A connection whose reading failed may be in the middle of anything; a new one costs a millisecond.
    client.release(broken);
  }
}

const NOTHING_LAPSED: Lapsed = { shares: [], holds: [], reservations: [], isPart: false };

export interface SettledState extends LoadedState {
  /** The transfers that time alone has made due, and that nobody has booked yet. */
  readonly unbooked: readonly Transfer[];
}

/**
 * Accounts of an environment as they are, each by its clock. What time alone has changed is shown as changed, whether or not it is booked: the
 * rows are settled in memory by the very code that decides, and nothing is written.
 */
export async function readSettled(
  client: PoolClient,
  environment: string,
  accounts: readonly AccountKey[],
  grants: readonly string[] = [],
): Promise<SettledState> {
  const testClocks = withTestClocks([{ environment }]);
  const loaded = await loadState(
    client,
    {
      accounts,
      grants,
      authorizations: [],
      refunds: [],
      purchases: [],
      underWay: [],
      testClocks,
      sweeps: [],
      rateCards: [],
    },
    null,
  );
  const changes = noChanges();
  // What would be told of it is thrown away.
  const rules = { ...NO_RULES, plans: await plansOf(client, loaded) };
  const context = { state: loaded.state, changes, realNow: loaded.realNow, rules };
  for (let isPart = settle(context, loaded.lapsed); isPart;) isPart = settle(context, NOTHING_LAPSED);
  return { ...loaded, unbooked: changes.transfers };
}

/** The versions of plans that the accounts may have come to. */
async function plansOf(client: PoolClient, { state }: LoadedState): Promise<PlanBook> {
  const plans = [...state.accounts.values()].flatMap(({ refills: { plan } }) =>
    [plan?.current, plan?.next?.to].flatMap((one) => one?.plan ?? []),
  );
  return plans.length === 0 ? NO_PLANS : planBook(await findAppliedVersions(queryable(client), plans));
}

/** The state of the account a request names; two ids may share a key, though none ever will. */
export function accountIn({ state }: LoadedState, ref: AccountRef): AccountState | null {
  const found = state.accounts.get(ref.key);
  return found?.account.environment === ref.environment && found.account.id === ref.id ? found : null;
}
