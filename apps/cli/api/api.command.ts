import type { Command } from 'commander';
import { readSharedConfig } from '#config';
import { environmentHelp } from '../start/environment-help.ts';

export function registerApi(program: Command): void {
  program
    .command('api')
    .description('run the HTTP API alone, on the migrated database at DATABASE_URL; any number of processes may')
    .addHelpText('after', environmentHelp('api'))
    .action(async () => {
      const { runApi } = await import('./run-api.ts');
      await runApi(readSharedConfig());
    });
}
