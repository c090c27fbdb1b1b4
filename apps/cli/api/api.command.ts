import type { Command } from 'commander';
import { readSharedConfig } from '#config';
import { runApi } from './run-api.ts';

export function registerApi(program: Command): void {
  program
    .command('api')
    .description('run the HTTP API alone, on the migrated database at DATABASE_URL; any number of processes may')
    .action(() => runApi(readSharedConfig()));
}
