import { rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '#config';
import { connect } from '#database';
import { exportData, writeExportFile } from '#ledger-store';
import { StartError } from '../start/start-error.ts';
import { openBooks } from '../verify/open-books.ts';
import { printProgress } from './print-progress.ts';

const HELP = `
It reads one snapshot and locks no rows, so the service may run; but what the service does afterwards isn't in the file. To move to another database, stop the service first. The file holds customers' data, and hashes of API keys: keep it safe. Signing secrets of webhooks stay encrypted; with the embedded Postgres their key is in PURSER_DATA_DIR/secrets-key, and the new service needs it as PURSER_SECRETS_KEY.

Environment:
  DATABASE_URL     the database to export
  PURSER_DATA_DIR  folder of the embedded Postgres, whose service may be running (.purser)
`;

/** Adds `purser export`. */
export function registerExport(program: Command): void {
  program
    .command('export')
    .description('write all data into a file, for "purser import" into another Postgres')
    .argument('<file>', 'the file to make, compressed')
    .addHelpText('after', HELP)
    .action(exportTo);
}

async function exportTo(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) throw new StartError(`There is no folder ${folder}. Create it, or choose another one.`);
  if (existsSync(file)) throw new StartError(`${file} is there already. Choose another name, or remove it.`);
  await using cleanUp = new AsyncDisposableStack();
  const log = (line: string): void => console.error(line);
  const books = await openBooks(readConfig(), { log });
  cleanUp.defer(() => books.close());
  const pool = connect(books.url, { connectionsMax: 1, log });
  cleanUp.defer(() => pool.end());
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  try {
    await writeExportFile(unfinished, exportData(pool, printProgress()));
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
  console.log(`exported to ${file}`);
}
