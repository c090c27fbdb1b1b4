import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { readConfig } from '#config';
import { connect, migrate, openDatabase } from '#database';
import { importData, readExportFile, verify } from '#ledger-store';
import { formatVerdict } from '../verify/format-verdict.ts';
import { StartError } from '../start/start-error.ts';
import { printProgress } from './print-progress.ts';

const HELP = `
The database is migrated first, and must have no data: import before the first start. Everything is imported in one transaction, or nothing. Afterwards the books are verified.

Environment:
  DATABASE_URL     the database to import into, by a role that may create tables
  PURSER_DATA_DIR  folder of the embedded Postgres (.purser)

Exit code: 0 imported and clean, 1 not imported, or the books have differences
`;

/** Adds `purser import`. */
export function registerImport(program: Command): void {
  program
    .command('import')
    .description('read a file of "purser export" into an empty database, and verify the books')
    .argument('<file>', 'the file that "purser export" has made')
    .addHelpText('after', HELP)
    .action(importFrom);
}

async function importFrom(file: string): Promise<void> {
  if (!existsSync(file)) throw new StartError(`There is no file ${file}.`);
  const print = (line: string): void => console.log(line);
  await using cleanUp = new AsyncDisposableStack();
  const database = await openDatabase(readConfig(), { log: print });
  cleanUp.defer(() => database.stop());
  const pool = connect(database.url, { connectionsMax: 2, log: print });
  cleanUp.defer(() => pool.end());
  await migrate(pool, { log: print });
  await importData(pool, readExportFile(file), printProgress());
  const report = await verify(pool);
  print(formatVerdict(report));
  if (!report.clean) throw new StartError('The books that were imported have differences: "purser verify" shows them.');
}
