import type { Command } from 'commander';
import { readSharedConfig } from '#config';
import { environmentHelp } from '../start/environment-help.ts';

export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description(
      'deliver events and do what is due by time, on the migrated database at DATABASE_URL; any number of processes may',
    )
    .addHelpText('after', environmentHelp('worker'))
    .action(async () => {
      const { runWorker } = await import('./run-worker.ts');
      await runWorker(readSharedConfig());
    });
}
