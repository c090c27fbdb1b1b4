import type { Command } from 'commander';
import { readSharedConfig } from '#config';
import { runWorker } from './run-worker.ts';

export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description(
      'deliver events and do what is due by time, on the migrated database at DATABASE_URL; any number of processes may',
    )
    .action(() => runWorker(readSharedConfig()));
}
