import type { Command } from 'commander';
import { readConfig } from '#config';
import { connect, migrate, openDatabase } from '#database';
import { environmentHelp } from '../start/environment-help.ts';
import { printAdminKeys } from '../start/print-admin-keys.ts';
import { warnOfUnknownVariables } from '../start/warn-of-unknown-variables.ts';

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      "bring the database to this version's schema, with its admin keys, and end; `start` does the same by itself",
    )
    .addHelpText('after', environmentHelp('migrate'))
    .action(runMigrations);
}

async function runMigrations(): Promise<void> {
  const print = (line: string): void => console.log(line);
  await using cleanUp = new AsyncDisposableStack();
  const config = readConfig();
  warnOfUnknownVariables(print);
  const database = await openDatabase(config, { log: print });
  cleanUp.defer(() => database.stop());
  const pool = connect(database.url, { connectionsMax: 1, log: print });
  cleanUp.defer(() => pool.end());
  const names = await migrate(pool, { log: print });
  if (names.length === 0) print('the database is up to date');
  if (config.redisUrl === null) {
    const { migrateQueues } = await import('#queues');
    await migrateQueues(pool);
  }
  await printAdminKeys(pool, { adminKeys: config.adminKeys, print });
}
