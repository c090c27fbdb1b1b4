import type { Command } from 'commander';
import { readConfig } from '#config';
import { connect, DatabaseError, type Pool } from '#database';
import { noteVerification, verify } from '#ledger-store';
import type { CheckResult, VerifyReport } from '#ledger-store';
import { verifyChain, verifyRollups } from '#reports';
import { reportError } from '../start/report-error.ts';
import { formatChain } from './format-chain.ts';
import { formatCheck, formatSubject } from './format-check.ts';
import { formatRollups, rollupsJson } from './format-rollups.ts';
import { formatVerdict } from './format-verdict.ts';
import { openBooks } from './open-books.ts';

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const EXIT = { clean: 0, differences: 1, notRun: 2 };

const HELP = `
It reads one snapshot and locks no rows, and notes the result for the service's metrics (purser_verify_…). A notice is something to know that may be in order; it doesn't fail the check.

With --chain it checks something else: that no row of the journal was altered, taken away or put in since it was chained, and that no closed month was changed. It names the rows, and writes the hash of each closing, to be compared with the one that was noted when the month was closed.

With --rollups it adds the journal up anew and compares the result with the sums that reports read. “purser rollups rebuild” corrects them.

Environment:
  DATABASE_URL     the database to check
  PURSER_DATA_DIR  folder of the embedded Postgres, whose service may be running (.purser)

Exit code: 0 clean, 1 differences, 2 it could not run
`;

/** Adds `purser verify`. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('recompute the books from transfers and open holds, and compare; the service may run meanwhile')
    .option('--json', 'write the result as JSON')
    .option('--chain', 'check the hash chain of the journal and of closed months instead')
    .option('--period <month>', 'with --chain: only what was closed with this month, like 2026-03')
    .option('--rollups', 'check the sums that reports read instead')
    .addHelpText('after', HELP)
    // An option it doesn't know must not look like a difference in the books.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.notRun))
    .action(verifyAndReport);
}

interface VerifyOptions {
  readonly json?: boolean;
  readonly chain?: boolean;
  readonly period?: string;
  readonly rollups?: boolean;
}

async function verifyAndReport({ json = false, chain = false, rollups = false, period }: VerifyOptions): Promise<void> {
  try {
    if (chain && rollups) throw new DatabaseError('Give either --chain or --rollups.');
    if (period !== undefined) mustBeMonth(period, chain);
    if (chain) {
      const report = await onBooks((pool) => verifyChain(pool, period ?? null));
      console.log(json ? JSON.stringify(report, null, 2) : formatChain(report));
      process.exitCode = report.clean ? EXIT.clean : EXIT.differences;
      return;
    }
    if (rollups) {
      const report = await onBooks((pool) => verifyRollups(pool));
      console.log(json ? JSON.stringify(rollupsJson(report), null, 2) : formatRollups(report));
      process.exitCode = report.differences === 0 ? EXIT.clean : EXIT.differences;
      return;
    }
    const report = await verifyBooks(json ? () => {} : printer());
    console.log(json ? JSON.stringify(report, null, 2) : formatVerdict(report));
    process.exitCode = report.clean ? EXIT.clean : EXIT.differences;
  } catch (error) {
    reportError(error);
    process.exitCode = EXIT.notRun;
  }
}

function mustBeMonth(period: string, isOfChain: boolean): void {
  if (!isOfChain) throw new DatabaseError('--period belongs to --chain: purser verify --chain --period 2026-03');
  if (!MONTH.test(period)) throw new DatabaseError(`--period must be a month like 2026-03, not ${period}.`);
}

async function verifyBooks(onCheck: (result: CheckResult) => void): Promise<VerifyReport> {
  return onBooks(async (pool) => {
    const report = await verify(pool, { onCheck });
    await note(pool, report, toStandardError);
    return report;
  });
}

/** Does something with the database that holds the books. */
async function onBooks<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
  await using cleanUp = new AsyncDisposableStack();
  const books = await openBooks(readConfig(), { log: toStandardError });
  cleanUp.defer(() => books.close());
  const pool = connect(books.url, { connectionsMax: 1, log: toStandardError });
  cleanUp.defer(() => pool.end());
  return await work(pool);
}

/** Standard output is the report's. */
function toStandardError(line: string): void {
  console.error(line);
}

/** The books are checked whether or not that can be noted. */
async function note(pool: Pool, report: VerifyReport, log: (line: string) => void): Promise<void> {
  try {
    await noteVerification(pool, report);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`The result was not noted, so the service's metrics don't tell it: ${reason}.`);
  }
}

function printer(): (result: CheckResult) => void {
  let subject = '';
  return (result) => {
    if (result.subject !== subject) console.log(formatSubject(result));
    subject = result.subject;
    console.log(formatCheck(result));
  };
}
