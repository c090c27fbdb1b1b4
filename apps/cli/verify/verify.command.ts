import type { Command } from 'commander';
import { readConfig } from '#config';
import { connect, type Pool } from '#database';
import { noteVerification, verify } from '#ledger-store';
import type { CheckResult, VerifyReport } from '#ledger-store';
import { reportError } from '../start/report-error.ts';
import { formatCheck, formatSubject } from './format-check.ts';
import { formatVerdict } from './format-verdict.ts';
import { openBooks } from './open-books.ts';

const EXIT = { clean: 0, differences: 1, notRun: 2 };

const HELP = `
It reads one snapshot and locks no rows, and notes the result for the service's metrics (purser_verify_…). A notice is something to know that may be in order; it doesn't fail the check.

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
    .addHelpText('after', HELP)
    // An option it doesn't know must not look like a difference in the books.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.notRun))
    .action(verifyAndReport);
}

async function verifyAndReport({ json = false }: { json?: boolean }): Promise<void> {
  try {
    const report = await verifyBooks(json ? () => {} : printer());
    console.log(json ? JSON.stringify(report, null, 2) : formatVerdict(report));
    process.exitCode = report.clean ? EXIT.clean : EXIT.differences;
  } catch (error) {
    reportError(error);
    process.exitCode = EXIT.notRun;
  }
}

async function verifyBooks(onCheck: (result: CheckResult) => void): Promise<VerifyReport> {
  // Standard output is the report's.
  const log = (line: string): void => console.error(line);
  await using cleanUp = new AsyncDisposableStack();
  const books = await openBooks(readConfig(), { log });
  cleanUp.defer(() => books.close());
  const pool = connect(books.url, { connectionsMax: 1, log });
  cleanUp.defer(() => pool.end());
  const report = await verify(pool, { onCheck });
  await note(pool, report, log);
  return report;
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
