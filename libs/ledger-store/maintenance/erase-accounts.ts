import type { Pool } from '#database';
import type { AccountKey, AccountRef } from '#ledger';
import type { Engine } from '../engine/engine.ts';
import type { Queryable } from '../queryable.ts';
import { transact } from '../transact.ts';
import { ERASURE_STAGES } from './erasure-stages.ts';

/** A run ends after this long, and the next one goes on where it stopped. */
const RUN_MS_MAX = 1_000;
const ACCOUNTS_AT_ONCE = 20;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export interface ErasedAccounts {
  /** Those whose erasure was completed. */
  readonly erased: readonly AccountRef[];
  readonly isMore: boolean;
}

/**
 * Erases what the history of accounts carries of personal data, in short transactions. How far it has got is kept with each
 * of them. Safe to run at any time, in any number of processes: one of them erases an account. One that can't be erased
 * keeps no other waiting.
 *
 * @param pool with the rights of the tables' owner: nobody else may write to what is erased
 * @throws the first fault, where accounts could not be erased
 */
export async function eraseAccounts(engine: Engine, pool: Pool): Promise<ErasedAccounts> {
  const endsAt = performance.now() + RUN_MS_MAX;
  const erased: AccountRef[] = [];
  const faults: unknown[] = [];
  const due = await accountsToErase(pool);
  let isMore = due.length === ACCOUNTS_AT_ONCE;
  for (const account of due) {
    try {
      const step = await eraseAccount(engine, pool, account, endsAt);
      if (step === 'done') erased.push(account);
      if (step === 'more') isMore = true;
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return { erased, isMore };
}

interface AccountRow {
  readonly account_id: AccountKey;
  readonly environment: string;
  readonly external_id: string;
}

async function accountsToErase(pool: Pool): Promise<AccountRef[]> {
  const { rows } = await pool.query<AccountRow>(
    `select account_id, environment, external_id from accounts
    where erasure_requested_at is not null and erased_at is null order by erasure_requested_at limit ${ACCOUNTS_AT_ONCE}`,
  );
  return rows.map(({ account_id: key, environment, external_id: id }) => ({ key, environment, id }));
}

/** `busy`: another process takes it. */
type Step = 'more' | 'done' | 'busy';

/** Takes at least one step. @returns the last one */
async function eraseAccount(engine: Engine, pool: Pool, account: AccountRef, endsAt: number): Promise<Step> {
  let step: Step;
  do step = await transact(pool, (database) => takeStep(database, account));
  while (step === 'more' && performance.now() < endsAt);
  if (step === 'done') await finish(engine, account);
  return step;
}

interface Progress {
  readonly stage: string;
  readonly after_id: string;
}

/** The process that has locked the progress does the work. */
async function takeStep(database: Queryable, account: AccountRef): Promise<Step> {
  await database.query('insert into erasures values ($1, $2, $3) on conflict do nothing', [
    account.key,
    ERASURE_STAGES[0]?.name,
    BEFORE_ALL,
  ]);
  const { rows } = await database.query<Progress>(
    'select stage, after_id from erasures where account_id = $1 for update skip locked',
    [account.key],
  );
  const [progress] = rows;
  if (!progress) return 'busy';
  // Decisions about the account come before the step or after it. A new version: nobody decides on what was cached before.
  await database.query('update accounts set id_clock = id_clock + 1 where account_id = $1', [account.key]);
  const at = ERASURE_STAGES.findIndex(({ name }) => name === progress.stage);
  const last = (await ERASURE_STAGES[at]?.step(database, account, progress.after_id)) ?? null;
  const next = last === null ? ERASURE_STAGES[at + 1]?.name : progress.stage;
  if (next === undefined) {
    await database.query('delete from erasures where account_id = $1', [account.key]);
    return 'done';
  }
  await database.query('update erasures set stage = $2, after_id = $3 where account_id = $1', [
    account.key,
    next,
    last ?? BEFORE_ALL,
  ]);
  return 'more';
}

/** Until this is committed the account is due; if it isn't, all stages find nothing to erase the next time. */
async function finish(engine: Engine, account: AccountRef): Promise<void> {
  const { status, body } = await engine.submit({
    command: { type: 'finish_erasure', account },
    key: null,
    render: (outcome) => (outcome.ok ? { status: 200, body: '' } : { status: 500, body: outcome.refusal.code }),
  });
  if (status !== 200) throw new Error(`The erasure of account ${account.id} could not be completed: ${body}`);
}
