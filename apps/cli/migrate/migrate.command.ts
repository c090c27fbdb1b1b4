import type { Command } from 'commander';
import { readConfig } from '#config';
import { connect, migrate, openDatabase } from '#database';

export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description("bring the database to this version's schema and end; `start` does the same by itself")
    .action(runMigrations);
}

async function runMigrations(): Promise<void> {
  const log = (line: string): void => console.log(line);
  await using cleanUp = new AsyncDisposableStack();
  const database = await openDatabase(readConfig(), { log });
  cleanUp.defer(() => database.stop());
  const pool = connect(database.url, { connectionsMax: 1, log });
  cleanUp.defer(() => pool.end());
  const names = await migrate(pool, { log });
  if (names.length === 0) log('the database is up to date');
}
