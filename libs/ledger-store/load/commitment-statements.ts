import type { PoolClient } from '#database';
import type { AccountKey } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';
import type { AccountRow } from '../tables/accounts.ts';
import type { CommitmentPeriodRow } from '../tables/commitment-periods.ts';
import type { GrantRow } from '../tables/grants.ts';
import { rowsOf } from './rows-of.ts';

/** What was read of the commitments of some accounts. */
export interface CommitmentRows {
  readonly periods: readonly CommitmentPeriodRow[];
  /** Grants that may get back what was charged for a shortfall. */
  readonly grants: readonly GrantRow[];
}

const NONE: CommitmentRows = { periods: [], grants: [] };

/**
 * Reads all periods of accounts that have, or had, a commitment: there is one for each month.
 *
 * @param setOff whether usage may be set off against shortfalls. Then the grants are read that they were drawn from.
 */
export async function loadCommitments(
  client: PoolClient,
  accounts: readonly AccountRow[],
  { setOff }: { readonly setOff: boolean },
): Promise<CommitmentRows> {
  const keys = accounts.filter((row) => row.has_commitment_periods).map(({ account_id }) => account_id);
  if (keys.length === 0) return NONE;
  const [periods, grants] = await Promise.all([
    rowsOf<CommitmentPeriodRow>(client, findCommitmentPeriods(keys)),
    setOff ? rowsOf<GrantRow>(client, findGrantsOfShortfalls(keys)) : [],
  ]);
  return { periods, grants };
}

function findCommitmentPeriods(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_commitment_periods',
    text: 'select * from commitment_periods where account_id = any($1::bigint[]) order by account_id, period_start',
    values: [arrayOf(keys)],
  };
}

/** The grants that shortfalls were drawn from, and those that have repaid debt. */
function findGrantsOfShortfalls(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_grants_of_shortfalls',
    text: `with short as materialized (
        select account_id, draws from commitment_periods where account_id = any($1::bigint[]) and draws <> '[]'
      ),
      drawn as (
        select account_id, (draw ->> 0)::uuid as id from short cross join lateral jsonb_array_elements(draws) draw
        union
        select p.account_id, p.id from (select distinct account_id from short) s,
          lateral (select account_id, id from grants where account_id = s.account_id and repaid > 0 offset 0) p
      )
      select found.* from drawn,
        lateral (select * from grants where account_id = drawn.account_id and id = drawn.id limit 1) found`,
    values: [arrayOf(keys)],
  };
}
