import { DatabaseError, type Pool, type PoolClient } from '#database';
import { PASSES } from './passes/passes.ts';
import { runPass } from './run-pass.ts';
import { checkTrialBalance, takeTrialBalance } from './trial-balance.ts';
import type { CheckResult, VerifyReport } from './verify-report.ts';

export interface VerifyOptions {
  /** Called with each result as soon as it is there. */
  readonly onCheck?: (result: CheckResult) => void;
}

/**
 * For sums over whole tables, however long they take. 64 MB a sort or hash table leave memory to the service that runs
 * beside; with 256 MB a million transfers took 9.0 s instead of 9.5. The settings end with the transaction.
 */
const SETTINGS = {
  work_mem: '64MB',
  jit: 'off',
  enable_seqscan: 'on',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

/**
 * Recomputes everything a balance rests on from transfers and open holds, and compares. It reads one snapshot, locks no
 * row and changes nothing, so the service can run meanwhile; the snapshot is kept no longer than the reading takes,
 * because an old one slows down writers of hot rows.
 * @throws DatabaseError where the database can't be reached or doesn't have this version's schema.
 */
export async function verify(pool: Pool, { onCheck = () => {} }: VerifyOptions = {}): Promise<VerifyReport> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new DatabaseError(`The database can't be reached: ${reasonOf(error)}. Check DATABASE_URL.`, { cause: error });
  });
  let broken = true;
  try {
    const report = await verifySnapshot(client, onCheck);
    await client.query('commit');
    broken = false;
    return report;
  } catch (error) {
    throw lacksSchema(error) ? schemaError(error) : error;
  } finally {
    // Without a commit the connection is still in the transaction; closing it ends both.
    client.release(broken);
  }
}

async function verifySnapshot(client: PoolClient, onCheck: (result: CheckResult) => void): Promise<VerifyReport> {
  const startedAt = performance.now();
  const checks: CheckResult[] = [];
  const report = (results: readonly CheckResult[]): void => {
    for (const result of results) onCheck(result);
    checks.push(...results);
  };
  await client.query('begin isolation level repeatable read read only');
  for (const [name, value] of Object.entries(SETTINGS)) await client.query(`set local ${name} = '${value}'`);
  const now = await readClock(client);
  const trialBalance = await takeTrialBalance(client);
  report([checkTrialBalance(trialBalance)]);
  for (const pass of PASSES) report(await runPass(client, pass, now));
  const countOf = (subject: string): number => checks.find((check) => check.subject === subject)?.checked ?? 0;
  const failures = checks.filter(({ severity }) => severity === 'failure');
  const differences = failures.reduce((sum, check) => sum + check.differences, 0);
  return {
    clean: differences === 0,
    differences,
    as_of: now,
    ms: Math.round(performance.now() - startedAt),
    transfers: countOf('transfers'),
    grants: countOf('grants'),
    authorizations: countOf('authorizations'),
    trial_balance: trialBalance.lines,
    checks,
  };
}

/** The time of the snapshot, which this statement takes: not before any decision that the snapshot shows. */
async function readClock(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now');
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the database did not tell the time');
  return now.toISOString();
}

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';

function lacksSchema(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && (error.code === UNDEFINED_TABLE || error.code === UNDEFINED_COLUMN)
  );
}

function schemaError(error: Error): DatabaseError {
  return new DatabaseError(
    `The database doesn't have the schema of this version of Purser (${error.message}). ` +
      'Run `purser migrate` with this version, or point DATABASE_URL or PURSER_DATA_DIR to the right database.',
    { cause: error },
  );
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with one error per address, and then the message of the whole is empty.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
