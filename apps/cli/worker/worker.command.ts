import type { Command } from 'commander';
import { readSharedConfig } from '#config';
import { runWorker } from './run-worker.ts';

export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('do what is due by time alone, on the migrated database at DATABASE_URL; one process is enough')
    .action(() => runWorker(readSharedConfig()));
}
