import type { Pool } from '#database';
import { accountSource, ENVIRONMENT, idAt, instantOf } from './account-source.ts';
import { chunksOf, type Chunk } from './chunks.ts';

export interface AccountsToFill {
  readonly accounts: number;
  /** What each account's one grant is over. */
  readonly granted: string;
  /** When they were made and given their grant, in milliseconds since 1970; in a month that has its partitions. */
  readonly at: number;
  /** Receives a line about progress now and then. */
  readonly log: (line: string) => void;
}

const CHUNK = 100_000;

/**
 * Makes accounts with one paid grant each, numbered from 0, as the service itself would have: keys, ids, clocks and the
 * transfers that issue the grants agree, so `verify` is clean. By whole sets of rows, and with nothing switched off.
 */
export async function fillAccounts(pool: Pool, toFill: AccountsToFill): Promise<void> {
  for (const chunk of chunksOf(toFill.accounts, CHUNK)) {
    for (const statement of statementsFor(chunk, toFill)) await pool.query(statement);
    toFill.log(`filled ${chunk.to} of ${toFill.accounts} accounts`);
  }
  await pool.query('vacuum (analyze) accounts, grants, transfers');
}

function statementsFor({ from, to }: Chunk, { granted, at }: AccountsToFill): string[] {
  const source = accountSource(from, to - 1);
  const now = instantOf(String(at));
  const grant = idAt(String(at), 0);
  const transfer = idAt(String(at), 1);
  return [
    `insert into accounts (account_id, environment, external_id, unit, overdraft_limit, overage, time_zone, metadata, status,
        debt, overdraft_held, id_clock, created_at)
      select account_id, '${ENVIRONMENT}', external_id, 'credits', 0, 'cap', 'UTC', '{}', 'active',
        0, 0, ${at} * 4096::bigint + 1, ${now}
      from (${source}) a`,
    `insert into grants (account_id, id, amount, remaining, held, repaid, open, category, priority, effective_at, metadata,
        created_at)
      select account_id, ${grant}, ${granted}, ${granted}, 0, 0, true, 'paid', 100, ${now}, '{}', ${now}
      from (${source}) a`,
    `insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, grant_id, created_at)
      select account_id, ${transfer}, ${transfer}, 'grant', 'funding:paid', 'grant', ${granted}, ${grant}, ${now}
      from (${source}) a`,
  ];
}
